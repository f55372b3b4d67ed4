#include "activation/record_reading.hpp"

#include <algorithm>
#include <charconv>

namespace custdkim::activation {

using dns::Record;

bool tells(const Result<dns::Answer>& answer) { return answer && !answer->truncated && dns::tells(*answer); }

dns::Name one_up(const dns::Name& name) {
    const auto up = dns::Name::parse(dns::parent(name.text()));
    return up ? *up : dns::Name();
}

std::vector<std::string_view> fields_of(const Record& record) {
    std::vector<std::string_view> fields;
    const std::string_view text = record.content;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        if (end > begin) fields.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return fields;
}

std::vector<Record> of_type(const std::vector<Record>& records, std::string_view type) {
    std::vector<Record> found;
    std::copy_if(records.begin(), records.end(), std::back_inserter(found),
                 [type](const Record& record) { return record.type == type; });
    return found;
}

std::vector<Record> at_name(const std::vector<Record>& records, const dns::Name& name) {
    std::vector<Record> found;
    std::copy_if(records.begin(), records.end(), std::back_inserter(found),
                 [&name](const Record& record) { return record.owner == name; });
    return found;
}

std::optional<dns::Name> name_in(const Record& record) {
    const auto name = dns::Name::parse(record.content);
    return name ? std::optional(*name) : std::nullopt;
}

std::vector<Record> signatures_of(const std::vector<Record>& records, std::string_view covered) {
    std::vector<Record> found;
    for (const Record& record : of_type(records, "RRSIG")) {
        const auto fields = fields_of(record);
        if (!fields.empty() && fields.front() == covered) found.push_back(record);
    }
    return found;
}

bool is_of_dnssec(const Record& record) {
    return record.type == "RRSIG" || record.type == "NSEC" || record.type == "NSEC3";
}

std::optional<std::uint32_t> seconds_to_live(const dns::Answer& answer) {
    std::optional<std::uint32_t> least;
    const auto count = [&least](std::uint32_t seconds) {
        least = std::min(least.value_or(seconds), seconds);
    };
    for (const Record& record : answer.answer) count(record.ttl_seconds);
    if (least) return least;
    for (const Record& soa : of_type(answer.authority, "SOA")) {
        count(soa.ttl_seconds);
        const auto fields = fields_of(soa);
        std::uint32_t minimum = 0;
        if (fields.size() != 7) continue;
        const std::string_view last = fields.back();
        if (std::from_chars(last.data(), last.data() + last.size(), minimum).ec == std::errc())
            count(minimum);
    }
    return least;
}

}  // namespace custdkim::activation
