// The primary of the key zone: the house's own zone index, read back as verifiers would read it, and shown to
// the simulated name servers. It is gone while the daemon is down. Not thread-safe.
#pragma once

#include <functional>
#include <memory>

#include "keys/publisher.hpp"
#include "keys/store.hpp"
#include "lab/simulation/name_servers.hpp"
#include "lab/simulation/world_clock.hpp"
#include "zone/key_zone.hpp"

namespace custdkim::lab {

// What the zone shows from now on, and whether that is other records than before (R6).
struct Publication {
    Serial serial = 0;
    bool changes_records = false;
};

class Primary final : public Publisher {
  public:
    using Listener = std::function<void(const Publication&)>;
    // `deletes_revoked`: records that say "p=" are not there at all.
    Primary(NameServers& servers, std::size_t slots, bool deletes_revoked, const WorldClock& clock,
            Listener listener)
        : servers_(servers),
          deletes_revoked_(deletes_revoked),
          clock_(clock),
          listener_(std::move(listener)),
          shown_(slots, absent) {}

    // As the service does when it starts.
    Result<void> open(const StoredZone& zone, Serial serial);
    void load(const Key& key);
    void show_loaded();

    bool is_reserved(const dns::Name&, std::string_view) const override { return false; }
    void publish(const Key& key, Serial serial) override;
    void withdraw(const Key& key, Serial serial) override;

  private:
    bool show(const Key& key);
    void announce(Serial serial, bool changes_records);

    NameServers& servers_;
    const bool deletes_revoked_;
    const WorldClock& clock_;
    const Listener listener_;
    std::unique_ptr<KeyZone> zone_;
    std::vector<Content> shown_;  // of each slot; what the name servers make of it is their affair
    bool load_changed_records_ = false;
};

}  // namespace custdkim::lab
