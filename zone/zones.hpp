// All key zones of this daemon. The set is fixed at start; what is in a zone changes. Thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "keys/publisher.hpp"
#include "zone/key_zone.hpp"

namespace custdkim {

class Zones final : public Publisher {
  public:
    void add(std::unique_ptr<KeyZone> zone);

    const std::vector<std::unique_ptr<KeyZone>>& all() const { return zones_; }
    KeyZone* find(const dns::Name& name) const;
    KeyZone* find(std::uint32_t id) const;

    struct Match {
        const KeyZone* zone;
        std::string_view relative;  // part of the name that was asked for
    };
    // The zone that a canonical name is in: the one with this id if the name is in it, else the closest.
    std::optional<Match> match(std::string_view name, std::optional<std::uint32_t> id) const;

    // Moves with every change of any zone, once it can be seen.
    std::uint64_t generation() const;

    bool is_reserved(const dns::Name& zone, std::string_view label) const override;
    void publish(const Key& key, Serial serial) override;
    void withdraw(const Key& key, Serial serial) override;

  private:
    std::vector<std::unique_ptr<KeyZone>> zones_;
};

}  // namespace custdkim
