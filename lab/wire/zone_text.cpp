#include "lab/wire/zone_text.hpp"

#include "dns/zone_entries.hpp"
#include "lab/wire/ldns_types.hpp"

namespace custdkim::lab {

Result<std::vector<ResourceRecord>> parse_zone_text(std::string_view text, std::string_view where,
                                                    const WireName& origin, std::uint32_t default_ttl) {
    std::vector<ResourceRecord> records;
    const auto read = dns::each_zone_entry(text, where, to_text(origin), default_ttl,
                                           [&records](const ldns_rr& rr) -> Result<void> {
                                               if (ldns_rr_get_class(&rr) != LDNS_RR_CLASS_IN) {
                                                   return invalid("only class IN is served");
                                               }
                                               records.push_back(from_ldns(&rr));
                                               return {};
                                           });
    if (!read) return read.error();
    return records;
}

std::string zone_text(const std::vector<ResourceRecord>& records) {
    std::string text;
    for (const ResourceRecord& record : records) {
        text += to_text(record.owner) + " " + std::to_string(record.ttl) + " IN " + type_name(record.type) +
                " " + rdata_text(record) + "\n";
    }
    return text;
}

}  // namespace custdkim::lab
