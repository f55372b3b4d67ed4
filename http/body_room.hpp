// The memory that large bodies may take, all of them together: who sends more of them at a time than there is
// room for is told so before they are read. For one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace custdkim::http {

class BodyRoom {
  public:
    static constexpr std::size_t small = 64 << 10;  // what needs no room, in octets

    explicit BodyRoom(std::size_t octets) : left_(octets) {}

    // Taken until the last copy is gone, which the room outlives; nullptr where it is small.
    using Place = std::shared_ptr<const void>;

    // Nothing where there is not so much left.
    std::optional<Place> take(std::uint64_t octets) {
        if (octets <= small) return Place();
        if (octets > left_) return std::nullopt;
        left_ -= octets;
        return Place(this, [this, octets](const void*) { left_ += octets; });
    }

  private:
    std::size_t left_;
};

}  // namespace custdkim::http
