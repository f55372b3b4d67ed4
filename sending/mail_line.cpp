#include "sending/mail_line.hpp"

#include <string>

namespace custdkim {

Result<void> check_line(std::string_view line, std::size_t number) {
    if (line.find('\0') != line.npos) {
        return complaint_about(number, "has a NUL character; no mail server takes that");
    }
    if (line.find('\r') != line.npos) return lone_carriage_return(number);
    return {};
}

Error lone_carriage_return(std::size_t number) {
    return complaint_about(number,
                           "has a carriage return that no line feed follows; end lines with CRLF or LF");
}

Error complaint_about(std::size_t number, std::string_view what) {
    return invalid("line " + std::to_string(number) + " of the message " + std::string(what));
}

}  // namespace custdkim
