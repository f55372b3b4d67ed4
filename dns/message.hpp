// The messages of DNS (RFC 1035 section 4, RFC 6891) as one who asks name servers or resolvers needs them: a
// question, and what the answer says to it. ldns writes questions; answers, which may be hostile, we read
// ourselves, with bounds for work and memory (dns/wire_reader.hpp). Pure functions and plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "dns/name.hpp"
#include "dns/record.hpp"

namespace custdkim::dns {

// Any other value is a type, too: QuestionType{257} is CAA.
enum class QuestionType : std::uint16_t {
    a = 1,
    ns = 2,
    cname = 5,
    soa = 6,
    mx = 15,
    txt = 16,
    aaaa = 28,
    dname = 39,
    ds = 43,
    dnskey = 48,
    https = 65,
    any = 255
};

struct Question {
    Name name;
    QuestionType type = QuestionType::txt;
    std::uint16_t id = 0;
    bool recursion_desired = false;
    bool edns = true;                // an OPT record (RFC 6891)
    bool dnssec_ok = false;          // DO (RFC 3225); only with EDNS
    bool checking_disabled = false;  // CD (RFC 4035 section 3.2.2)
};

namespace rcode {
inline constexpr std::uint16_t noerror = 0, formerr = 1, servfail = 2, nxdomain = 3, refused = 5;
}

// A CNAME or DNAME.
struct Alias {
    Name owner, target;
    bool of_names_below = false;  // DNAME (RFC 6672)

    bool operator==(const Alias&) const = default;
};

struct Text {
    Name owner;
    std::string text;  // the TXT's strings, joined

    bool operator==(const Text&) const = default;
};

// Why the answer is as it is (RFC 8914).
struct ExtendedError {
    std::uint16_t code = 0;
    std::string text;

    bool operator==(const ExtendedError&) const = default;
};

// What validation said of an answer (RFC 4033 section 5). Bogus data is none: its rcode is SERVFAIL.
enum class Security { unchecked, insecure, secure, bogus };

struct Answer {
    std::uint16_t rcode = 0;  // with the upper bits that EDNS adds
    bool authoritative = false;
    bool recursion_available = false;
    bool authentic = false;  // AD
    bool edns = false;       // there was an OPT record
    std::vector<ExtendedError> extended_errors;
    Security security = Security::unchecked;  // left to those who validate
    std::string why_bogus;
    bool truncated = false;  // then nothing below is filled in
    // The records as they came, OPT left out; class IN only.
    std::vector<Record> answer, authority, additional;
    // And what of the answer section is asked for most:
    std::vector<Alias> aliases;           // of the answer section, in its order, whoever owns them
    std::vector<Text> all_texts;          // likewise: with an alias, the TXT belongs to another name
    std::vector<std::string> texts;       // of each TXT record at the name, its strings joined
    std::optional<std::uint32_t> serial;  // of the SOA record at the name
};

// Whether it says something about the name: that it is there, or that it is not.
inline bool tells(const Answer& answer) {
    return answer.rcode == rcode::noerror || answer.rcode == rcode::nxdomain;
}

// "NOERROR", "REFUSED", ..., or "RCODE77".
std::string rcode_name(std::uint16_t rcode);

// Class IN; the payload that EDNS offers needs no fragments (RFC 9715). With recursion desired, AD is set as
// well, or no resolver would say it.
Result<std::vector<std::uint8_t>> write_question(const Question& question);

// Nothing if the message is no answer to this question: another id, another question, none at all. That is
// what forged and late messages are; the right one may still come. `corrupt` if it is the answer, but
// contradicts itself or is out of all measure.
Result<std::optional<Answer>> read_answer(std::span<const std::uint8_t> message, const Question& question);

}  // namespace custdkim::dns
