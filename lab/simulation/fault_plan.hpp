// All that will go wrong in a world, decided before it begins: so that a history can be shrunk by leaving
// faults out. Drawn from the seed; half of what hits single keys hits them near a rotation. Plain values.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "lab/simulation/name_servers.hpp"

namespace custdkim::lab {

enum class FaultKind : std::uint8_t {
    lag,                 // a secondary transfers nothing for a while
    missed_updates,      // a secondary has the serial, but not every record
    silent_publication,  // records are written, and not served by anybody
    outages,             // name servers cannot be reached, one or all
    restarts,            // the daemon is down for a while; sometimes the machine boots
    kills,               // the daemon is killed just before or after it writes to the store
    clock_steps,         // the time of day jumps, forward or back, and sometimes back again
    full_disk,           // no commit succeeds
    customers,           // a customer removes, swaps or misdirects CNAMEs, and restores them
    customer_outages,    // a customer's DNS cannot be reached
    emergencies,         // operators rotate, revoke, deactivate and delete, at bad moments
};

inline constexpr std::array all_fault_kinds{FaultKind::lag,
                                            FaultKind::missed_updates,
                                            FaultKind::silent_publication,
                                            FaultKind::outages,
                                            FaultKind::restarts,
                                            FaultKind::kills,
                                            FaultKind::clock_steps,
                                            FaultKind::full_disk,
                                            FaultKind::customers,
                                            FaultKind::customer_outages,
                                            FaultKind::emergencies};

std::string_view to_string(FaultKind kind);

using FaultKinds = std::vector<FaultKind>;

// "all", "none" or a list like "lag,kills".
Result<FaultKinds> parse_fault_kinds(std::string_view text);

// What FaultKind::customers does to the CNAMEs ...
enum class AliasChange : std::uint8_t { remove_one, remove_all, misdirect_one, swap };
// ... and FaultKind::emergencies to the key.
enum class Order : std::uint8_t { rotate, rotate_compromised, revoke, deactivate, erase };

std::string_view to_string(Order order);

inline constexpr std::uint32_t everybody = 0xffffffff;

struct Fault {
    FaultKind kind = FaultKind::lag;
    TrueTime at{};
    Duration lasts{};
    std::uint32_t subject = everybody;  // a server or a key
    std::uint8_t flavour = 0;           // AliasChange or Order; restarts: 1 boots; kills: 1 after the write
    std::uint8_t slot = 0;              // of customers' changes
    Duration by{};                      // of clock steps
};

struct WorldSize {
    std::uint64_t seed = 1;
    KeyNumber keys = 50;
    Duration length = std::chrono::days(365);
};

// When the key is ordered.
TrueTime creation_time(const WorldSize& size, KeyNumber key);

// By time. `interval` is that of rotations.
std::vector<Fault> draw_faults(const WorldSize& size, const FaultKinds& kinds, Duration interval);

// "name server 2 transfers nothing for 3.1 d"
std::string describe(const Fault& fault);

}  // namespace custdkim::lab
