// Where the entry of a label is: a hash table, so that a look-up takes three cache lines, and not three for
// each of the five levels of a B-tree; that was half of our time for a name that nobody had asked for before.
// In sixteen parts: a table that grows moves all that is in it, and look-ups wait meanwhile. Not thread-safe.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory_resource>

namespace custdkim {

class LabelPlaces {
  public:
    explicit LabelPlaces(std::pmr::memory_resource* memory) {
        for (Part& part : parts_) part = Part(Allocator(memory));
    }

    // The place of a label's entry, to be read and written; nullptr for labels that are not there.
    std::uint8_t* find(std::uint64_t label) const {
        const Part& part = parts_[part_of(label)];
        const auto at = part.find(label);
        return at == part.end() ? nullptr : at->second;
    }
    std::uint8_t*& operator[](std::uint64_t label) { return parts_[part_of(label)][label]; }
    void erase(std::uint64_t label) { parts_[part_of(label)].erase(label); }

  private:
    using Item = std::pair<const std::uint64_t, std::uint8_t*>;
    using Allocator = std::pmr::polymorphic_allocator<Item>;
    using Part = boost::unordered_flat_map<std::uint64_t, std::uint8_t*, boost::hash<std::uint64_t>,
                                           std::equal_to<std::uint64_t>, Allocator>;

    // Independent of what the table makes of a label: it multiplies by another number.
    static std::size_t part_of(std::uint64_t label) { return label * 0xd6e8feb86659fd93U >> 60; }

    std::array<Part, 16> parts_;
};

}  // namespace custdkim
