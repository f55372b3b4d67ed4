#include "zone/zone_contents.hpp"

#include <algorithm>
#include <iterator>

#include "dns/canonical_order.hpp"

namespace custdkim {

bool ZoneName::is_authoritative(std::string_view type) const {
    switch (standing) {
        case Standing::authoritative: return true;
        // Of the data at a delegation, the parent is the authority for these only (RFC 4035 section 2.4).
        case Standing::delegation: return type == "DS" || type == "NSEC" || type == "RRSIG";
        case Standing::occluded: return false;
    }
    return false;
}

bool is_linked(const ZoneName& name, Chain chain) {
    if (name.is_apex()) return true;
    if (name.standing == Standing::occluded) return false;
    const bool is_empty = name.is_empty_non_terminal();
    switch (chain) {
        case Chain::nsec: return !is_empty;
        case Chain::nsec3: return true;
        case Chain::nsec3_opt_out:
            if (is_empty) return name.has_authoritative_below || name.has_secure_below;
            return name.standing == Standing::authoritative || name.is_secure;
    }
    return false;
}

bool wants(std::string_view type, std::string_view record_type) {
    return type == "ANY" || type == record_type;
}

void add_records(const ZoneName& name, std::string_view type, std::uint32_t empty_ttl_seconds, Chain chain,
                 RecordSink& sink) {
    const std::string& owner = name.owner.text();
    if (name.is_empty_non_terminal() && type == "ANY") {
        const bool is_authoritative =
            name.has_authoritative_below || (chain == Chain::nsec3 && name.standing != Standing::occluded);
        sink.add({owner, "", empty_ttl_seconds, "", is_authoritative});
    }
    for (const ZoneRecord& record : name.records) {
        if (!wants(type, record.type)) continue;
        sink.add(
            {owner, record.type, record.ttl_seconds, record.content, name.is_authoritative(record.type)});
    }
}

ZoneContents::ZoneContents(const dns::Name& zone, std::vector<ZoneName> names)
    : zone_length_(zone.text().size()), names_(std::move(names)) {
    by_relative_.reserve(names_.size());
    for (std::uint32_t i = 0; i < names_.size(); ++i) {
        by_relative_.emplace(relative(names_[i]), i);
        if (is_linked(names_[i], Chain::nsec)) linked_.push_back(i);
        record_count_ += names_[i].records.size();
    }
}

const ZoneName* ZoneContents::find(std::string_view relative) const {
    const auto found = by_relative_.find(relative);
    return found == by_relative_.end() ? nullptr : &names_[found->second];
}

std::string_view ZoneContents::relative(const ZoneName& name) const {
    if (name.is_apex()) return {};
    const std::string_view owner = name.owner.text();
    return zone_length_ == 0 ? owner : owner.substr(0, owner.size() - zone_length_ - 1);
}

ZoneContents::Around ZoneContents::around(std::string_view order) const {
    const auto after = std::upper_bound(
        linked_.begin(), linked_.end(), order,
        [this](std::string_view wanted, std::uint32_t index) { return wanted < names_[index].order; });
    // The apex, whose order is empty, is at or before all.
    return {&names_[*std::prev(after)], after == linked_.end() ? nullptr : &names_[*after]};
}

}  // namespace custdkim
