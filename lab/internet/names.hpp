// Names in wire form as keys: of a hash, and in the order of RFC 4034 section 6.1. All names here are folded.
// Pure functions.
#pragma once

#include <array>
#include <string_view>
#include <unordered_map>

#include "lab/wire/message.hpp"

namespace custdkim::lab {

struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
};
template <typename T>
using NameMap = std::unordered_map<WireName, T, NameHash, std::equal_to<>>;

// A name and all names above it, without copies. The name must outlive this.
class Suffixes {
  public:
    explicit Suffixes(std::string_view name);
    std::size_t labels() const { return count_; }
    // The last `labels` labels: 0 is the root, labels() the name itself.
    std::string_view of(std::size_t labels) const { return name_.substr(starts_[count_ - labels]); }

  private:
    std::string_view name_;
    std::array<std::uint8_t, 129> starts_{};
    std::size_t count_ = 0;
};

// Octets that sort as the names do. A name is at or below another exactly when its key begins with the
// other's.
std::string sort_key(std::string_view name);

// "www" before acme.example. The label has at most 63 octets.
WireName below(std::string_view label, std::string_view name);

}  // namespace custdkim::lab
