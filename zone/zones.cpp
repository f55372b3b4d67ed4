#include "zone/zones.hpp"

#include <stdexcept>

namespace custdkim {

namespace {

KeyZone& must_have(KeyZone* zone, const dns::Name& name) {
    // Keys of unknown zones are refused at start and at creation.
    if (!zone) throw std::logic_error("no key zone " + name.text());
    return *zone;
}

}  // namespace

void Zones::enter(ServedZone& zone) {
    zone.share_counter(changes_);
    all_.push_back(&zone);
    by_name_.emplace(zone.name().text(), &zone);
    by_id_.emplace(zone.id(), &zone);
}

void Zones::add(std::unique_ptr<KeyZone> zone) {
    enter(*zone);
    key_zones_.push_back(std::move(zone));
}

void Zones::add(std::unique_ptr<StaticZone> zone) {
    enter(*zone);
    static_zones_.push_back(std::move(zone));
}

ServedZone* Zones::find(const dns::Name& name) const {
    const auto found = by_name_.find(name.text());
    return found == by_name_.end() ? nullptr : found->second;
}

ServedZone* Zones::find(std::uint32_t id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

KeyZone* Zones::find_key_zone(const dns::Name& name) const {
    for (const auto& zone : key_zones_) {
        if (zone->name() == name) return zone.get();
    }
    return nullptr;
}

std::optional<Zones::Match> Zones::match(std::string_view name, std::optional<std::uint32_t> id) const {
    if (const ServedZone* const zone = id ? find(*id) : nullptr) {
        if (const auto relative = dns::relative_to(name, zone->name().text())) return Match{zone, *relative};
    }
    for (std::string_view up = name;; up = dns::parent(up)) {
        if (const auto found = by_name_.find(up); found != by_name_.end()) {
            const auto relative = dns::relative_to(name, up);
            if (!relative) return std::nullopt;  // an empty label in front of the zone: no name at all
            return Match{found->second, *relative};
        }
        if (up.empty()) return std::nullopt;
    }
}

Zones::Reload Zones::reload_static_zones() {
    Reload outcome;
    for (const auto& zone : static_zones_) {
        const auto changed = zone->reload();
        if (!changed) outcome.problems.push_back(changed.error().detail);
        if (changed && *changed) outcome.changed.push_back(zone->name().text());
    }
    return outcome;
}

bool Zones::is_reserved(const dns::Name& zone, std::string_view label) const {
    return must_have(find_key_zone(zone), zone).is_reserved(label);
}

void Zones::publish(const Key& key, Serial serial) {
    must_have(find_key_zone(key.zone), key.zone).publish(key, serial);
}

void Zones::withdraw(const Key& key, Serial serial) {
    must_have(find_key_zone(key.zone), key.zone).withdraw(key, serial);
}

}  // namespace custdkim
