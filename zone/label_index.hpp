// What the key zone publishes under each record label, in canonical order (RFC 4034 section 6.1; labels are
// lower-case ASCII of up to 8 octets, so that byte order is canonical order). A B-tree of the labels has them
// in order, a hash table finds their entries; public keys are kept as bytes, about 360 bytes in all for an
// RSA-2048 record. Changing one label costs the same whatever else is in it. Not thread-safe: KeyZone holds
// the lock.
#pragma once

#include <absl/container/btree_set.h>

#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "keys/key_record.hpp"
#include "zone/index_memory.hpp"
#include "zone/label_places.hpp"

namespace custdkim {

struct LabelEntry {
    std::string_view selector;
    KeyType type = KeyType::rsa_2048;
    RecordContent content;
};

class LabelIndex {
  public:
    using Entry = LabelEntry;

    static constexpr std::size_t max_label = 8;

    LabelIndex() = default;
    LabelIndex(const LabelIndex&) = delete;
    LabelIndex& operator=(const LabelIndex&) = delete;

    void put(std::string_view label, const Entry& entry) {
        const std::uint64_t number = to_number(label);
        std::uint8_t* const packed = pack(entry);
        std::uint8_t*& place = places_[number];
        if (place) {
            free(place);
        } else {
            order_.insert(number);
        }
        place = packed;
    }

    void erase(std::string_view label) {
        const std::uint64_t number = to_number(label);
        std::uint8_t* const packed = places_.find(number);
        if (!packed) return;
        places_.erase(number);
        order_.erase(number);
        free(packed);
    }

    std::size_t size() const { return order_.size(); }

    std::optional<Entry> find(std::string_view label) const {
        if (label.empty() || label.size() > max_label) return std::nullopt;
        if (label.back() == '\0') return std::nullopt;  // to_number() fills up with NULs
        const std::uint8_t* const packed = places_.find(to_number(label));
        if (!packed) return std::nullopt;
        return unpack(packed);
    }

    // Calls visit(label, entry) for up to `limit` labels behind `after`; returns how many there were.
    template <typename Visit>
    std::size_t for_each_after(std::string_view after, std::size_t limit, Visit visit) const {
        std::size_t count = 0;
        auto at = after.empty() ? order_.begin() : order_.upper_bound(to_number(after));
        for (; at != order_.end() && count < limit; ++at, ++count) visit(to_label(*at), entry_of(*at));
        return count;
    }

    struct Found {
        std::string label;
        Entry entry;
    };
    struct Around {
        std::optional<Found> before, after;
    };
    // The last entry that `is_behind` does not say to be behind a name, and the first that it does; `label`
    // are the octets of the name's rightmost label, which need not be one of ours.
    template <typename IsBehind>
    Around around(std::string_view label, IsBehind is_behind) const {
        auto after = order_.lower_bound(to_number(label));
        // Only an entry whose label begins the name's, or is it, may be on either side.
        while (after != order_.end() && !is_behind(to_label(*after), entry_of(*after))) ++after;
        Around found;
        const auto to_found = [this](std::uint64_t number) {
            return Found{to_label(number), entry_of(number)};
        };
        if (after != order_.begin()) found.before = to_found(*std::prev(after));
        if (after != order_.end()) found.after = to_found(*after);
        return found;
    }

  private:
    // An entry in one block: type, length of the selector, length of the content (2), and these two. The
    // type's highest bit tells that the content is a private key.
    static constexpr std::size_t header = 4;
    static constexpr std::uint8_t private_bit = 0x80;

    std::uint8_t* pack(const Entry& entry) {
        const std::size_t selector = entry.selector.size(), key = entry.content.bytes.size();
        auto* const packed =
            static_cast<std::uint8_t*>(memory_.resource()->allocate(header + selector + key, 1));
        packed[0] = static_cast<std::uint8_t>(static_cast<std::uint8_t>(entry.type) |
                                              (entry.content.is_private_key ? private_bit : 0));
        packed[1] = static_cast<std::uint8_t>(selector);
        packed[2] = static_cast<std::uint8_t>(key >> 8);
        packed[3] = static_cast<std::uint8_t>(key);
        std::memcpy(packed + header, entry.selector.data(), selector);
        if (key > 0) std::memcpy(packed + header + selector, entry.content.bytes.data(), key);
        return packed;
    }

    static Entry unpack(const std::uint8_t* packed) {
        const std::size_t selector = packed[1], key = static_cast<std::size_t>(packed[2]) << 8 | packed[3];
        return {{reinterpret_cast<const char*>(packed) + header, selector},
                static_cast<KeyType>(packed[0] & ~private_bit),
                RecordContent(std::span(packed + header + selector, key), (packed[0] & private_bit) != 0)};
    }

    Entry entry_of(std::uint64_t number) const { return unpack(places_.find(number)); }

    void free(std::uint8_t* packed) {
        const Entry entry = unpack(packed);
        memory_.resource()->deallocate(packed, header + entry.selector.size() + entry.content.bytes.size(),
                                       1);
    }

    static std::uint64_t to_number(std::string_view label) {
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < max_label; ++i) {
            number = number << 8 | (i < label.size() ? static_cast<std::uint8_t>(label[i]) : 0U);
        }
        return number;
    }

    static std::string to_label(std::uint64_t number) {
        std::string label;
        for (; number != 0; number <<= 8) label += static_cast<char>(number >> 56);
        return label;
    }

    using Order = absl::btree_set<std::uint64_t, std::less<>, std::pmr::polymorphic_allocator<std::uint64_t>>;

    IndexMemory memory_;  // first: it goes last, with all entries in it
    Order order_{std::pmr::polymorphic_allocator<std::uint64_t>(memory_.resource())};
    LabelPlaces places_{memory_.large()};
};

}  // namespace custdkim
