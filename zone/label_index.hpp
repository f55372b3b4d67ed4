// What the key zone publishes under each record label, in canonical order (RFC 4034 section 6.1; labels are
// lower-case ASCII of one length, so that byte order is canonical order). A B-tree of packed entries: public
// keys are kept as bytes, about 340 bytes in all for an RSA-2048 record. Changing one label costs the same
// whatever else is in it. Not thread-safe: KeyZone holds the lock.
#pragma once

#include <absl/container/btree_map.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "keys/key_type.hpp"

namespace custdkim {

struct LabelEntry {
    std::string_view selector;
    KeyType type = KeyType::rsa_2048;
    std::span<const std::uint8_t> public_key;
};

class LabelIndex {
  public:
    using Entry = LabelEntry;

    static constexpr std::size_t max_label = 8;

    void put(std::string_view label, const Entry& entry) { map_[pack(label)] = Packed(entry); }
    void erase(std::string_view label) { map_.erase(pack(label)); }
    std::size_t size() const { return map_.size(); }

    std::optional<Entry> find(std::string_view label) const {
        if (label.empty() || label.size() > max_label) return std::nullopt;
        if (label.back() == '\0') return std::nullopt;  // pack() fills up with NULs
        const auto it = map_.find(pack(label));
        if (it == map_.end()) return std::nullopt;
        return it->second.view();
    }

    // Calls visit(label, entry) for up to `limit` labels behind `after`; returns how many there were.
    template <typename Visit>
    std::size_t for_each_after(std::string_view after, std::size_t limit, Visit visit) const {
        std::size_t count = 0;
        auto it = after.empty() ? map_.begin() : map_.upper_bound(pack(after));
        for (; it != map_.end() && count < limit; ++it, ++count) visit(unpack(it->first), it->second.view());
        return count;
    }

  private:
    // One allocation: type, length of the selector, selector, public key.
    class Packed {
      public:
        Packed() = default;
        explicit Packed(const Entry& entry)
            : size_(static_cast<std::uint32_t>(header + entry.selector.size() + entry.public_key.size())),
              bytes_(std::make_unique_for_overwrite<std::uint8_t[]>(size_)) {
            bytes_[0] = static_cast<std::uint8_t>(entry.type);
            bytes_[1] = static_cast<std::uint8_t>(entry.selector.size());
            std::memcpy(bytes_.get() + header, entry.selector.data(), entry.selector.size());
            if (!entry.public_key.empty()) {
                std::memcpy(bytes_.get() + header + entry.selector.size(), entry.public_key.data(),
                            entry.public_key.size());
            }
        }
        Entry view() const {
            const std::size_t selector = bytes_[1];
            return {{reinterpret_cast<const char*>(bytes_.get()) + header, selector},
                    static_cast<KeyType>(bytes_[0]),
                    {bytes_.get() + header + selector, size_ - header - selector}};
        }

      private:
        static constexpr std::size_t header = 2;
        std::uint32_t size_ = 0;
        std::unique_ptr<std::uint8_t[]> bytes_;
    };

    static std::uint64_t pack(std::string_view label) {
        std::uint64_t packed = 0;
        for (std::size_t i = 0; i < max_label; ++i) {
            packed = packed << 8 | (i < label.size() ? static_cast<std::uint8_t>(label[i]) : 0U);
        }
        return packed;
    }
    static std::string unpack(std::uint64_t packed) {
        std::string label;
        for (; packed != 0; packed <<= 8) label += static_cast<char>(packed >> 56);
        return label;
    }

    absl::btree_map<std::uint64_t, Packed> map_;
};

}  // namespace custdkim
