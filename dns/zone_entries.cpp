#include "dns/zone_entries.hpp"

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
