#include <algorithm>
#include <set>
#include <unordered_set>

#include "dns/canonical_order.hpp"
#include "zone/zone_contents.hpp"

namespace custdkim {

namespace {

// Signatures of an alias, and the NSEC that denies the rest, stand beside it (RFC 4034 sections 3 and 4).
bool stands_beside_cname(std::string_view type) { return type == "RRSIG" || type == "NSEC"; }

void drop_repeated(std::vector<ZoneRecord>& records) {
    std::vector<ZoneRecord> kept;
    std::set<std::pair<std::string, std::string>> seen;
    for (ZoneRecord& record : records) {
        if (seen.emplace(record.type, record.content).second) kept.push_back(std::move(record));
    }
    records = std::move(kept);
}

bool has_type(const ZoneName& name, std::string_view type) {
    return std::any_of(name.records.begin(), name.records.end(),
                       [&](const ZoneRecord& record) { return record.type == type; });
}

// Of names in canonical order: what is below a delegation follows it.
void find_standings(std::vector<ZoneName>& names) {
    const ZoneName* cut = nullptr;
    for (ZoneName& name : names) {
        if (cut && name.order.starts_with(cut->order)) {
            name.standing = Standing::occluded;
        } else if (!name.is_apex() && has_type(name, "NS")) {
            name.standing = Standing::delegation;
            name.is_secure = has_type(name, "DS");
            cut = &name;
        }
    }
}

// Of names in canonical order: `open` are the ancestors of the one at hand.
void tell_what_is_below(std::vector<ZoneName>& names) {
    std::vector<ZoneName*> open;
    for (ZoneName& name : names) {
        while (!open.empty() && !name.order.starts_with(open.back()->order)) open.pop_back();
        const bool is_data = name.standing == Standing::authoritative && !name.records.empty();
        for (ZoneName* const above : open) {
            above->has_authoritative_below |= is_data;
            above->has_secure_below |= name.is_secure;
        }
        open.push_back(&name);
    }
}

}  // namespace

ZoneBuilder::ZoneBuilder(dns::Name zone) : zone_(std::move(zone)) { drafts_[""].name.owner = zone_; }

Result<void> ZoneBuilder::check_alias(Draft& draft, const dns::Record& record) const {
    const std::string& owner = record.owner.text();
    if (record.type == "DNAME") {
        if (draft.dname && *draft.dname != record.content) return invalid(owner + " has two DNAMEs");
        draft.dname = record.content;
    }
    if (record.type == "CNAME") {
        if (record.owner == zone_) return invalid("a CNAME cannot stand at the apex of " + zone_.text());
        if (draft.cname && *draft.cname != record.content) return invalid(owner + " has two CNAMEs");
        draft.cname = record.content;
    } else if (!stands_beside_cname(record.type)) {
        draft.has_others = true;
    }
    if (draft.cname && draft.has_others) return invalid(owner + " has a CNAME beside other data");
    return {};
}

Result<void> ZoneBuilder::add(dns::Record record) {
    const auto relative = record.owner.relative_to(zone_);
    if (!relative) return invalid(record.owner.text() + " is not in the zone " + zone_.text());
    Draft& draft = drafts_[std::string(*relative)];
    if (auto fine = check_alias(draft, record); !fine) return fine;
    if (draft.name.records.empty() && !relative->empty()) {
        draft.name.owner = record.owner;
        draft.name.order = dns::order_key(*relative);
    }
    draft.name.records.push_back({std::move(record.type), record.ttl_seconds, std::move(record.content)});
    return {};
}

ZoneContents ZoneBuilder::finish() && {
    std::vector<ZoneName> names;
    std::unordered_set<std::string_view> empty;
    for (auto& [relative, draft] : drafts_) {
        drop_repeated(draft.name.records);
        std::string_view owner = draft.name.owner.text();
        for (std::string_view up = dns::parent(relative); !up.empty(); up = dns::parent(up)) {
            owner = dns::parent(owner);
            if (drafts_.contains(std::string(up)) || !empty.insert(up).second) continue;
            ZoneName between;
            between.owner = dns::Name::parse(owner).value();
            between.order = dns::order_key(up);
            names.push_back(std::move(between));
        }
    }
    for (auto& [relative, draft] : drafts_) names.push_back(std::move(draft.name));
    std::sort(names.begin(), names.end(),
              [](const ZoneName& a, const ZoneName& b) { return a.order < b.order; });
    find_standings(names);
    tell_what_is_below(names);
    return ZoneContents(zone_, std::move(names));
}

}  // namespace custdkim
