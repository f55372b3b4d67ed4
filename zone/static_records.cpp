#include "zone/static_records.hpp"

#include <algorithm>

namespace custdkim {

namespace {

Result<void> check(const dns::Name& zone, const dns::Record& record) {
    const auto relative = record.owner.relative_to(zone);
    if (!relative) return invalid(record.owner.text() + " is not in the zone " + zone.text());
    if (record.type == "SOA") {
        return invalid("the SOA of " + zone.text() + " is made by custdkim; take it out of the zone file");
    }
    if (relative->empty() && record.type == "NS") {
        return invalid("the name servers of " + zone.text() +
                       " belong into 'nameservers' in the configuration, not into the zone file");
    }
    return {};
}

// RFC 1034 section 3.6.2: where a CNAME is, no other data may be; so never at the apex, beside the SOA.
Result<void> check_cname(const dns::Name& zone, const std::vector<dns::Record>& records) {
    const auto is_cname = [](const dns::Record& r) { return r.type == "CNAME"; };
    if (std::none_of(records.begin(), records.end(), is_cname)) return {};
    const dns::Name& owner = records.front().owner;
    if (owner == zone) return invalid("a CNAME cannot stand at the apex of " + zone.text());
    if (records.size() > 1) return invalid(owner.text() + " has a CNAME beside other data");
    return {};
}

}  // namespace

Result<StaticRecords> StaticRecords::make(const dns::Name& zone, std::vector<dns::Record> records) {
    StaticRecords made;
    for (dns::Record& record : records) {
        if (const auto fine = check(zone, record); !fine) return fine.error();
        const std::string relative(*record.owner.relative_to(zone));
        auto& there = made.names_[relative];
        if (std::find(there.begin(), there.end(), record) == there.end()) there.push_back(std::move(record));
        std::string_view top = relative;
        for (std::string_view up = dns::parent(top); !up.empty(); up = dns::parent(top)) {
            top = up;
            made.names_[std::string(up)];  // an empty non-terminal, unless it has or gets records
        }
        if (!top.empty()) made.labels_.emplace(top);
    }
    for (const auto& [relative, there] : made.names_) {
        if (there.empty()) continue;
        if (const auto fine = check_cname(zone, there); !fine) return fine.error();
    }
    return made;
}

const std::vector<dns::Record>* StaticRecords::find(std::string_view relative) const {
    const auto it = names_.find(relative);
    return it == names_.end() ? nullptr : &it->second;
}

}  // namespace custdkim
