#include "lab/catalogue/expected_text.hpp"

#include <charconv>
#include <sstream>

#include "lab/wire/message.hpp"

namespace custdkim::lab {

namespace {

constexpr std::string_view separator = " | ";
constexpr const char* remedy = "; write RCODE [AD] [EDE n] | TYPE rdata | TYPE rdata ...";

std::optional<std::uint16_t> small_number(const std::string& text) {
    std::uint16_t number = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return number;
}

// "NXDOMAIN AD EDE 7"
Result<Expected> parse_head(const std::string& text) {
    std::istringstream words(text);
    Expected expected;
    words >> expected.rcode;
    if (expected.rcode != "NODATA" && !parse_rcode(expected.rcode))
        return invalid("'" + expected.rcode + "' is no response code" + remedy);
    for (std::string word; words >> word;) {
        std::string number;
        if (word == "AD" && !expected.authentic) {
            expected.authentic = true;
        } else if (word == "EDE" && !expected.extended_error && words >> number) {
            expected.extended_error = small_number(number);
            if (!expected.extended_error) return invalid("'EDE " + number + "' has no number" + remedy);
        } else {
            return invalid("'" + word + "' is not known here" + remedy);
        }
    }
    return expected;
}

Result<Expected::Record> parse_record(std::string_view text) {
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos || space + 1 == text.size())
        return invalid("'" + std::string(text) + "' has no content" + remedy);
    Expected::Record record{std::string(text.substr(0, space)), std::string(text.substr(space + 1))};
    if (!parse_type(record.type)) return invalid("'" + record.type + "' is no record type" + remedy);
    return record;
}

}  // namespace

Result<Expected> parse_expected(std::string_view text) {
    const std::size_t bar = text.find(separator);
    auto expected = parse_head(std::string(text.substr(0, bar)));
    if (!expected) return expected.error();
    for (std::size_t at = bar; at != std::string_view::npos;) {
        at += separator.size();
        const std::size_t next = text.find(separator, at);
        auto record = parse_record(text.substr(at, next == std::string_view::npos ? next : next - at));
        if (!record) return record.error();
        expected->records.push_back(std::move(*record));
        at = next;
    }
    if (expected->rcode == "NODATA") {
        if (!expected->records.empty()) return invalid("NODATA comes without records; write NOERROR");
        expected->rcode = "NOERROR";
    } else if (expected->rcode == "NOERROR" && expected->records.empty()) {
        return invalid("NOERROR without a record is written NODATA");
    }
    return expected;
}

std::string to_text(const Expected& expected) {
    const bool nodata = expected.rcode == "NOERROR" && expected.records.empty();
    std::string text = nodata ? "NODATA" : expected.rcode;
    if (expected.authentic) text += " AD";
    if (expected.extended_error) text += " EDE " + std::to_string(*expected.extended_error);
    for (const Expected::Record& record : expected.records) {
        text += std::string(separator) + record.type + " " + record.content;
    }
    return text;
}

}  // namespace custdkim::lab
