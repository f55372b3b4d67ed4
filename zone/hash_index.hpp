// Names of a zone in the order of their hashes (RFC 5155 section 7.1): a B-tree, about 40 octets a name, so
// that a change costs the same whatever else is in it. Not thread-safe.
#pragma once

#include <absl/container/btree_map.h>

#include <array>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>

#include "zone/chain.hpp"
#include "zone/hashing.hpp"
#include "zone/index_memory.hpp"

namespace custdkim {

class ZoneContents;
struct ZoneName;

// What a hash is of: a name of a zone file, by its index, or a record label of a key zone, or the slot below
// it.
struct HashedOwner {
    enum class Kind : std::uint8_t { listed, label, slot };
    Kind kind = Kind::listed;
    std::array<char, 8> octets{};
};

class HashIndex {
  public:
    HashIndex(Hashing hashing, const dns::Name& zone);
    HashIndex(const HashIndex&) = delete;
    HashIndex& operator=(const HashIndex&) = delete;

    const Hashing& hashing() const { return hashing_; }
    std::size_t size() const { return map_.size(); }

    // Reads only what never changes: may be called while others change the index.
    NameHash hash(std::string_view relative) const;

    void put(const NameHash& hash, const HashedOwner& owner) { map_.insert_or_assign(hash, owner); }
    void erase(const NameHash& hash) { map_.erase(hash); }

    // The link that covers a hash, which need not be there; the chain is a ring. Nothing where it is empty.
    struct Link {
        NameHash before, after;
        HashedOwner owner;  // of `before`
    };
    std::optional<Link> around(const NameHash& hash) const;

  private:
    using Item = std::pair<const NameHash, HashedOwner>;
    using Map = absl::btree_map<NameHash, HashedOwner, std::less<>, std::pmr::polymorphic_allocator<Item>>;

    const Hashing hashing_;
    const std::string zone_wire_;
    IndexMemory memory_;  // before the map, which is in it
    Map map_{std::pmr::polymorphic_allocator<Item>(memory_.resource())};
};

// Puts the names that are linked to the chain.
void put_listed(HashIndex& index, const ZoneContents& contents, Chain chain);
// The name that put_listed() has put there.
const ZoneName& listed_name(const ZoneContents& contents, const HashedOwner& owner);

}  // namespace custdkim
