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

void Zones::add(std::unique_ptr<KeyZone> zone) { zones_.push_back(std::move(zone)); }

KeyZone* Zones::find(const dns::Name& name) const {
    for (const auto& zone : zones_) {
        if (zone->name() == name) return zone.get();
    }
    return nullptr;
}

KeyZone* Zones::find(std::uint32_t id) const {
    for (const auto& zone : zones_) {
        if (zone->id() == id) return zone.get();
    }
    return nullptr;
}

std::optional<Zones::Match> Zones::match(std::string_view name, std::optional<std::uint32_t> id) const {
    if (const KeyZone* zone = id ? find(*id) : nullptr) {
        if (const auto relative = dns::relative_to(name, zone->name().text())) return Match{zone, *relative};
    }
    std::optional<Match> closest;
    for (const auto& zone : zones_) {
        const auto relative = dns::relative_to(name, zone->name().text());
        if (relative && (!closest || relative->size() < closest->relative.size())) {
            closest = Match{zone.get(), *relative};
        }
    }
    return closest;
}

std::uint64_t Zones::generation() const {
    std::uint64_t sum = 0;
    for (const auto& zone : zones_) sum += zone->generation();
    return sum;
}

bool Zones::is_reserved(const dns::Name& zone, std::string_view label) const {
    return must_have(find(zone), zone).is_reserved(label);
}

void Zones::publish(const Key& key, Serial serial) {
    must_have(find(key.zone), key.zone).publish(key, serial);
}

void Zones::withdraw(const Key& key, Serial serial) {
    must_have(find(key.zone), key.zone).withdraw(key, serial);
}

}  // namespace custdkim
