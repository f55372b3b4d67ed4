#include "dns/zone_entries.hpp"

#include <charconv>
#include <sstream>

#include "dns/record_text.hpp"

#include <ldns/ldns.h>  // last: it makes macros of bool, true and false

namespace custdkim::dns {

namespace {

constexpr std::size_t max_data = 65000;  // ldns drops what is beyond 65,535 characters, without a word

struct FreeRdf {
    void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
};
using Rdf = std::unique_ptr<ldns_rdf, FreeRdf>;

// OPT, the types of RFC 6895 section 3.1 for questions and transactions, and what is not assigned to be
// served.
bool is_data(const Result<QuestionType>& parsed) {
    if (!parsed) return false;
    const auto type = static_cast<std::uint16_t>(*parsed);
    return type != 0 && type != LDNS_RR_TYPE_OPT && (type < 128 || type > 255);
}

// A bitmap of types (RFC 4034 section 4.1.2) with the bit of type 0, which ldns sets for words that it does
// not know.
bool lists_no_type(const ldns_rr& record) {
    for (std::size_t i = 0; i < ldns_rr_rd_count(&record); ++i) {
        const ldns_rdf* const field = ldns_rr_rdf(&record, i);
        if (ldns_rdf_get_type(field) != LDNS_RDF_TYPE_BITMAP || ldns_rdf_size(field) < 3) continue;
        const std::uint8_t* const window = ldns_rdf_data(field);
        if (window[0] == 0 && (window[2] & 0x80) != 0) return true;
    }
    return false;
}

// ldns puts the origin behind a name without looking at what comes out.
bool has_long_name(const ldns_rr& record) {
    for (std::size_t i = 0; i < ldns_rr_rd_count(&record); ++i) {
        const ldns_rdf* const field = ldns_rr_rdf(&record, i);
        if (ldns_rdf_get_type(field) == LDNS_RDF_TYPE_DNAME && ldns_rdf_size(field) > LDNS_MAX_DOMAINLEN)
            return true;
    }
    return false;
}

// The largest number that a field has room for; 0 for fields that are none.
std::uint64_t largest_number(ldns_rdf_type field) {
    switch (field) {
        case LDNS_RDF_TYPE_INT8: return UINT8_MAX;
        case LDNS_RDF_TYPE_INT16: return UINT16_MAX;
        case LDNS_RDF_TYPE_INT32:
        case LDNS_RDF_TYPE_PERIOD: return UINT32_MAX;
        default: return 0;
    }
}

// ldns drops the upper bits of a number that does not fit: "MX 65546 mail" would be "MX 10 mail".
Result<void> check_numbers(std::uint16_t type, const std::string& data) {
    const ldns_rr_descriptor* const fields = ldns_rr_descript(type);
    std::istringstream words(data);
    std::string word;
    for (std::size_t i = 0; i < ldns_rr_descriptor_minimum(fields) && words >> word; ++i) {
        const std::uint64_t largest = largest_number(ldns_rr_descriptor_field_type(fields, i));
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
        if (largest == 0 || end != word.data() + word.size()) continue;
        if (error != std::errc() || number > largest) {
            return invalid("the number " + word.substr(0, 40) + " is too large; " + std::to_string(largest) +
                           " is the largest here");
        }
    }
    return {};
}

// RFC 3597 section 5; the digits may be in several words. ldns forgives nearly everything.
Result<void> check_octets(const std::string& data) {
    if (!data.starts_with("\\#")) return {};
    std::istringstream words(data.substr(2));
    std::string word, digits;
    std::size_t count = 0;
    words >> word;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), count);
    const bool is_counted = error == std::errc() && end == word.data() + word.size();
    while (words >> word) digits += word;
    if (is_counted && digits.size() == 2 * count &&
        digits.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos) {
        return {};
    }
    return invalid(
        "octets are written like \\# 3 0a0b0c: how many there are, and two hexadecimal digits for each");
}

}  // namespace

void FreeEntry::operator()(ldns_struct_rr* record) const { ldns_rr_free(record); }

Result<ParsedEntry> parse_entry(const ZoneRecordText& record) {
    const auto type = parse_question_type(record.type);
    if (!is_data(type)) {
        return invalid("'" + record.type.substr(0, 40) +
                       "' is not a type of record; write it like TXT, or like TYPE65280 with \\# and "
                       "hexadecimal digits");
    }
    if (record.data.size() > max_data) return invalid("the data of a record has 65000 characters at most");
    // ldns takes every owner that begins with @ for the origin; it is absolute here.
    const std::string at = record.owner.starts_with('@') ? "\\" : "";
    const std::string text = at + record.owner + " " + std::to_string(record.ttl_seconds) + " IN " +
                             record.type + " " + record.data;
    if (const auto fitting = check_numbers(static_cast<std::uint16_t>(*type), record.data); !fitting) {
        return fitting.error();
    }
    if (const auto octets = check_octets(record.data); !octets) return octets.error();
    const Rdf origin(ldns_rdf_new_frm_str(LDNS_RDF_TYPE_DNAME, record.origin.c_str()));
    if (!origin) return invalid("'" + record.origin.substr(0, 80) + "' is not a domain name");
    ldns_rr* raw = nullptr;
    const ldns_status status =
        ldns_rr_new_frm_str(&raw, text.c_str(), record.ttl_seconds, origin.get(), nullptr);
    ParsedEntry parsed(raw);
    if (status != LDNS_STATUS_OK || !parsed) return invalid(ldns_get_errorstr_by_id(status));
    // ldns has its own idea of where an owner with quotes ends, and then reads the rest as something else.
    if (static_cast<QuestionType>(ldns_rr_get_type(parsed.get())) != *type) {
        return invalid("the owner '" + record.owner.substr(0, 80) +
                       "' is not readable; write \" in a name as \\034");
    }
    if (lists_no_type(*parsed))
        return invalid("a list of types has a word that is no type; write it like TXT or TYPE65280");
    if (has_long_name(*parsed)) {
        return invalid("a name in the data has more than 255 octets; a dot at its end keeps " +
                       record.origin + " from being added to it");
    }
    return parsed;
}

Result<void> each_zone_entry(std::string_view text, std::string_view where, const std::string& origin,
                             std::uint32_t default_ttl_seconds, const ZoneEntry& entry) {
    return read_zone_records(text, where, {origin, default_ttl_seconds},
                             [&](const ZoneRecordText& record) -> Result<void> {
                                 const auto parsed = parse_entry(record);
                                 if (!parsed) return parsed.error();
                                 return entry(**parsed);
                             });
}

}  // namespace custdkim::dns
