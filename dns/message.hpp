// The messages of DNS (RFC 1035 section 4, RFC 6891) as one who asks name servers directly needs them: a
// question for a TXT or an SOA, and what the answer says to it. ldns writes questions and reads names; the
// records of an answer we walk ourselves: ldns allocates RDLENGTH octets for every string of a TXT, which
// makes 4 GB of a hostile message of 64 KiB. Pure functions and plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "dns/name.hpp"

namespace custdkim::dns {

enum class QuestionType : std::uint16_t { soa = 6, txt = 16 };

struct Question {
    Name name;
    QuestionType type = QuestionType::txt;
    std::uint16_t id = 0;
};

struct Answer {
    std::uint16_t rcode = 0;  // with the upper bits that EDNS adds; 0 is NOERROR, 3 is NXDOMAIN
    bool authoritative = false;
    bool truncated = false;               // then nothing below is filled in
    std::vector<std::string> texts;       // of each TXT record at the name, its strings joined
    std::optional<std::uint32_t> serial;  // of the SOA record at the name
};

// "NOERROR", "REFUSED", ..., or "RCODE77".
std::string rcode_name(std::uint16_t rcode);

// Class IN, no recursion desired, and EDNS with a payload that needs no fragments (RFC 9715).
Result<std::vector<std::uint8_t>> write_question(const Question& question);

// Nothing if the message is no answer to this question: another id, another question, none at all. That is
// what forged and late messages are; the right one may still come. An Error if it is the answer, but broken.
Result<std::optional<Answer>> read_answer(std::span<const std::uint8_t> message, const Question& question);

}  // namespace custdkim::dns
