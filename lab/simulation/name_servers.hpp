// The name servers of the key zone. Server 0 is the primary, which has each change at once; the others
// transfer the zone when its serial has moved, and lag, miss records, or cannot be reached. Each remembers
// what it served in the last days, for caches that asked then. Not thread-safe.
#pragma once

#include <functional>
#include <vector>

#include "keys/serial.hpp"
#include "lab/simulation/token_pairs.hpp"
#include "lab/simulation/true_time.hpp"

namespace custdkim::lab {

using KeyNumber = std::uint32_t;
using SlotNumber = std::uint32_t;
inline constexpr SlotNumber slots_of_a_key = 3;

inline SlotNumber slot_number(KeyNumber key, std::size_t position) {
    return key * slots_of_a_key + static_cast<SlotNumber>(position);
}

class NameServers {
  public:
    static constexpr std::size_t count = 3;

    explicit NameServers(std::size_t slots);

    // Told of every change of what a server serves.
    using Listener = std::function<void(std::size_t server, SlotNumber slot, Content before, Content after)>;
    void set_listener(Listener listener) { listener_ = std::move(listener); }

    // The primary's part. A change shows at once, unless publication fails silently for that slot.
    void publish(SlotNumber slot, Content content, TrueTime now);
    void set_serial(Serial serial) { servers_[0].serial = serial; }
    Serial serial() const { return servers_[0].serial; }
    void fail_silently(std::function<bool(SlotNumber)> fails) { fails_silently_ = std::move(fails); }
    // What was held back shows, at the other servers too.
    void heal(TrueTime now);

    // A secondary asks the primary; true if it has what the primary has then.
    bool transfer(std::size_t server, TrueTime now);
    void block_transfers(std::size_t server, bool blocked) { servers_[server].blocked += blocked ? 1 : -1; }
    // While this says so, a transferred record is left out, though the serial says that it is there.
    void miss_records(std::size_t server, std::function<bool(SlotNumber)> misses) {
        servers_[server].misses = std::move(misses);
    }
    void transfer_all(std::size_t server, TrueTime now);

    void set_reachable(std::size_t server, bool reachable) { servers_[server].outages += reachable ? -1 : 1; }
    bool reachable(std::size_t server) const { return servers_[server].outages == 0; }
    bool any_reachable() const;

    Content content(std::size_t server, SlotNumber slot) const;
    // In the past; what is too old to be in any cache is forgotten.
    Content content_at(std::size_t server, SlotNumber slot, TrueTime time) const;

  private:
    struct Entry {
        TrueTime since{};
        Content content = absent;
    };
    struct Change {
        SlotNumber slot = 0;
        Content content = absent;
    };
    struct Server {
        Serial serial = 0;
        std::size_t position = 0;  // in the log of changes
        int blocked = 0;
        int outages = 0;
        std::function<bool(SlotNumber)> misses;
        std::vector<Change> missed;
        std::vector<std::vector<Entry>> history;  // of each slot
    };

    void show(std::size_t server, Change change, TrueTime now);

    std::vector<Server> servers_;
    std::vector<Change> log_;
    std::vector<Change> held_back_;
    std::function<bool(SlotNumber)> fails_silently_;
    Listener listener_;
};

}  // namespace custdkim::lab
