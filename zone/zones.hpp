// All zones of this daemon, key zones and static ones. The set is fixed at start; what is in a zone changes.
// Thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "keys/publisher.hpp"
#include "zone/key_zone.hpp"
#include "zone/static_zone.hpp"

namespace custdkim {

class Zones final : public Publisher {
  public:
    void add(std::unique_ptr<KeyZone> zone);
    void add(std::unique_ptr<StaticZone> zone);

    std::span<ServedZone* const> all() const { return all_; }
    std::span<const std::unique_ptr<KeyZone>> key_zones() const { return key_zones_; }
    std::span<const std::unique_ptr<StaticZone>> static_zones() const { return static_zones_; }

    ServedZone* find(const dns::Name& name) const;
    ServedZone* find(std::uint32_t id) const;
    KeyZone* find_key_zone(const dns::Name& name) const;

    struct Match {
        const ServedZone* zone;
        std::string_view relative;  // part of the name that was asked for
    };
    // The zone that a canonical name is in: the one with this id if the name is in it, else the closest.
    std::optional<Match> match(std::string_view name, std::optional<std::uint32_t> id) const;

    // Moves with every change of any zone, once it can be seen.
    std::uint64_t generation() const { return *changes_; }

    // Reads every static zone's file again. What cannot be read keeps its last good contents.
    struct Reload {
        std::vector<std::string> changed;   // names of zones
        std::vector<std::string> problems;  // one sentence each, with file and line
    };
    Reload reload_static_zones();

    bool is_reserved(const dns::Name& zone, std::string_view label) const override;
    void publish(const Key& key, Serial serial) override;
    void withdraw(const Key& key, Serial serial) override;

  private:
    void enter(ServedZone& zone);

    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    std::vector<std::unique_ptr<KeyZone>> key_zones_;
    std::vector<std::unique_ptr<StaticZone>> static_zones_;
    std::vector<ServedZone*> all_;
    std::unordered_map<std::string, ServedZone*, TextHash, std::equal_to<>> by_name_;
    std::unordered_map<std::uint32_t, ServedZone*> by_id_;
    std::shared_ptr<ServedZone::ChangeCounter> changes_ = std::make_shared<ServedZone::ChangeCounter>(0);
};

}  // namespace custdkim
