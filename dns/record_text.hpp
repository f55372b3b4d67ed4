// Types and records as people write and read them: mnemonics (RFC 3597 section 5 for what has none), and the
// lines that `dig +noall +answer` prints. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "dns/message.hpp"
#include "dns/record.hpp"

namespace custdkim::dns {

// "TXT", "txt", "TYPE257", "CAA".
Result<QuestionType> parse_question_type(std::string_view text);
std::string question_type_name(QuestionType type);

// "" where the answer has a record of that type; else why not: "NXDOMAIN", "NODATA", "SERVFAIL", ...
std::string shortcoming(const Answer& answer, QuestionType type);

// Without a line's end. Owners are lower-case here, where dig shows them as they came.
std::string dig_line(const Record& record);

}  // namespace custdkim::dns
