// What becomes of a message, by what the service answered when it was asked to sign it. What the customer can
// mend is rejected, or passes unsigned where the service says so; our own failures are temporary. Pure.
#pragma once

#include <string>
#include <vector>

#include "api/http_client.hpp"
#include "base/result.hpp"
#include "milter/smtp_reply.hpp"

namespace custdkim::milter {

struct HeaderField {
    std::string name;
    std::string value;  // from behind the colon; lines within it end with LF, as milters have them

    bool operator==(const HeaderField&) const = default;
};

struct Verdict {
    enum class What { sign, pass, reject, fail };  // fail: for now; the client tries again

    What what = What::fail;
    std::vector<HeaderField> signatures;  // to be put in front, in this order
    SmtpReply reply;                      // where the message is not taken
    std::string reason;                   // for the log: why it is not signed
    std::string selector;                 // for the log: of the signatures, with commas between
};

Verdict verdict_on(const Result<api::HttpAnswer>& answer);

Verdict too_large();                      // 552: it will never be signed
Verdict failed_for_now(std::string why);  // 451; only the log is told why

}  // namespace custdkim::milter
