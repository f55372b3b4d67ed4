#include "zone/hash_index.hpp"

#include <cstring>
#include <iterator>

#include "dns/canonical_order.hpp"
#include "zone/zone_contents.hpp"

namespace custdkim {

HashIndex::HashIndex(Hashing hashing, const dns::Name& zone)
    : hashing_(std::move(hashing)), zone_wire_(dns::wire_labels(zone.text()) + '\0') {}

NameHash HashIndex::hash(std::string_view relative) const {
    return hash_wire_name(hashing_, dns::wire_labels(relative) + zone_wire_);
}

std::optional<HashIndex::Link> HashIndex::around(const NameHash& hash) const {
    if (map_.empty()) return std::nullopt;
    const auto behind = map_.upper_bound(hash);
    const auto before = std::prev(behind == map_.begin() ? map_.end() : behind);
    const auto after = behind == map_.end() ? map_.begin() : behind;
    return Link{before->first, after->first, before->second};
}

void put_listed(HashIndex& index, const ZoneContents& contents, Chain chain) {
    for (std::uint32_t i = 0; i < contents.names().size(); ++i) {
        const ZoneName& name = contents.names()[i];
        if (!is_linked(name, chain)) continue;
        HashedOwner owner;
        std::memcpy(owner.octets.data(), &i, sizeof i);
        index.put(index.hash(contents.relative(name)), owner);
    }
}

const ZoneName& listed_name(const ZoneContents& contents, const HashedOwner& owner) {
    std::uint32_t index = 0;
    std::memcpy(&index, owner.octets.data(), sizeof index);
    return contents.names()[index];
}

}  // namespace custdkim
