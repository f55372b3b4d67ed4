#include "lab/catalogue/expected_match.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "lab/catalogue/expected_text.hpp"

namespace custdkim::lab {

namespace {

bool is_name(std::uint16_t type) { return type == type::cname || type == type::dname || type == type::ns; }

std::optional<std::uint16_t> extended_error_in(const Message& answer) {
    return answer.edns ? extended_error(*answer.edns) : std::nullopt;
}

// What came from the network stays within its line.
std::string printable(const std::string& text) {
    std::string escaped;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet >= 0x20 && octet < 0x7f) {
            escaped += c;
            continue;
        }
        std::array<char, 5> decimal{};
        std::snprintf(decimal.data(), decimal.size(), "\\%03u", static_cast<unsigned>(octet));
        escaped += decimal.data();
    }
    return escaped;
}

Expected::Record as_expected(const ResourceRecord& record) {
    return {type_name(record.type),
            record.type == type::txt ? printable(joined_text(record)) : rdata_text(record)};
}

// What the answer says, in the terms of an expectation.
Expected as_expected(const Message& answer) {
    Expected actual;
    actual.rcode = rcode_name(answer.rcode);
    actual.authentic = answer.authentic;
    actual.extended_error = extended_error_in(answer);
    for (const ResourceRecord& record : answer.answer) {
        if (record.type != type::rrsig) actual.records.push_back(as_expected(record));
    }
    return actual;
}

bool fits(const Expected::Record& expected, const ResourceRecord& actual) {
    if (parse_type(expected.type) != actual.type) return false;
    if (expected.content == "*") return true;
    if (actual.type == type::txt) return joined_text(actual) == expected.content;
    const auto rdata = parse_rdata(actual.type, expected.content);
    if (!rdata) return false;
    return is_name(actual.type) ? fold_case(*rdata) == fold_case(actual.rdata) : *rdata == actual.rdata;
}

// Every expected record has one of its own in the answer, and none is left over. Those with a content choose
// before those that take any.
bool records_fit(std::vector<Expected::Record> expected, const std::vector<ResourceRecord>& answer) {
    std::vector<const ResourceRecord*> left;
    for (const ResourceRecord& record : answer) {
        if (record.type != type::rrsig) left.push_back(&record);
    }
    std::stable_partition(expected.begin(), expected.end(),
                          [](const Expected::Record& record) { return record.content != "*"; });
    for (const Expected::Record& record : expected) {
        const auto found = std::find_if(left.begin(), left.end(), [&record](const ResourceRecord* actual) {
            return fits(record, *actual);
        });
        if (found == left.end()) return false;
        left.erase(found);
    }
    return left.empty();
}

}  // namespace

Result<Expected> fill(const Expected& expected, const Placeholders& placeholders) {
    Expected filled = expected;
    for (Expected::Record& record : filled.records) {
        auto content = fill(record.content, placeholders);
        if (!content) return content.error();
        record.content = std::move(*content);
    }
    return filled;
}

std::optional<std::string> difference(const Expected& expected, const Message& answer) {
    const bool same = parse_rcode(expected.rcode) == answer.rcode && expected.authentic == answer.authentic &&
                      (!expected.extended_error || expected.extended_error == extended_error_in(answer)) &&
                      records_fit(expected.records, answer.answer);
    if (same) return std::nullopt;
    return "expected " + to_text(expected) + ", was " + answer_text(answer);
}

std::string answer_text(const Message& answer) { return to_text(as_expected(answer)); }

}  // namespace custdkim::lab
