#include "dns/record_text.hpp"

#include <algorithm>
#include <charconv>

#include "dns/record_types.hpp"

namespace custdkim::dns {

namespace {

// Where dig's columns begin if there is room, and how far its tabs reach.
constexpr std::size_t ttl_column = 24, class_column = 32, type_column = 40, content_column = 48, tab = 8;

// At least one character further: tabs as far as they go, then spaces.
void go_to(std::size_t to, std::size_t& column, std::string& line) {
    to = std::max(to, column + 1);
    const std::size_t tabs = to / tab - column / tab;
    line.append(tabs, '\t');
    if (tabs > 0) column = to / tab * tab;
    line.append(to - column, ' ');
    column = to;
}

void write(std::string_view text, std::size_t& column, std::string& line) {
    line += text;
    column += text.size();
}

// A Name leaves some characters as they are that dig escapes.
std::string as_dig_escapes(const Name& name) {
    std::string text;
    const std::string& canonical = name.text();
    for (std::size_t i = 0; i < canonical.size(); ++i) {
        const char c = canonical[i];
        if (c == '"' || c == '$' || c == '@') text += '\\';
        text += c;
        if (c == '\\' && i + 1 < canonical.size()) text += canonical[++i];
    }
    return text + '.';
}

}  // namespace

Result<QuestionType> parse_question_type(std::string_view text) {
    if (const RecordType* const known = find_record_type(text)) {
        return static_cast<QuestionType>(known->number);
    }
    std::string_view digits = text;
    for (const char letter : {'T', 'Y', 'P', 'E'}) {
        if (!digits.empty() && to_upper(digits.front()) == letter) digits.remove_prefix(1);
    }
    std::uint16_t number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() ||
        digits.size() + 4 != text.size()) {
        return invalid("'" + std::string(text.substr(0, 40)) +
                       "' is not a type of record; write it like TXT, or like TYPE257 with 65535 at most");
    }
    return static_cast<QuestionType>(number);
}

std::string question_type_name(QuestionType type) {
    const auto number = static_cast<std::uint16_t>(type);
    const RecordType* const known = find_record_type(number);
    return known ? std::string(known->mnemonic) : "TYPE" + std::to_string(number);
}

std::string shortcoming(const Answer& answer, QuestionType type) {
    if (answer.rcode != rcode::noerror) return rcode_name(answer.rcode);
    const std::string wanted = question_type_name(type);
    const bool is_there = std::any_of(answer.answer.begin(), answer.answer.end(), [&](const Record& record) {
        return type == QuestionType::any || record.type == wanted;
    });
    return is_there ? "" : "NODATA";
}

std::string dig_line(const Record& record) {
    std::string line;
    std::size_t column = 0;
    write(as_dig_escapes(record.owner), column, line);
    go_to(ttl_column, column, line);
    write(std::to_string(record.ttl_seconds), column, line);
    go_to(class_column, column, line);
    write("IN", column, line);
    go_to(type_column, column, line);
    write(record.type, column, line);
    go_to(content_column, column, line);
    write(record.content, column, line);
    return line;
}

}  // namespace custdkim::dns
