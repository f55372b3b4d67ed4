// How many keys are in which condition, and since when the one has been waiting that waits longest. Kept key
// by key as they change, so that to tell costs the same at a thousand keys and at twenty million: about 40
// octets for each, and some 200 more for one that waits for something. A condition that begins by itself (a
// hold, when signing should have moved) is seen at the next step of its key, within [rotation] recheck.
// Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "keys/clock_steps.hpp"
#include "keys/key.hpp"
#include "keys/policy.hpp"

namespace custdkim {

// Each key is counted in one of these. `deleted`: its records are still there, for mail under way.
enum class KeyCondition { inactive, active, held, revoked, deleted };
inline constexpr std::size_t key_condition_count = 5;

std::string_view to_string(KeyCondition condition);

class KeyCensus {
  public:
    // The key is new, has changed, or (without slots) is gone.
    void note(const Key& key, const RotationPolicy& policy, const ClockSteps& clock, Timestamp now);

    struct SlotLooks {
        Outcome outcome = Outcome::unknown;
        std::string cause;  // "" for a pass without one
        auto operator<=>(const SlotLooks&) const = default;
    };
    // How many, and since when the first of them.
    struct Waiting {
        std::uint64_t count = 0;
        std::optional<Timestamp> oldest;
    };
    struct Figures {
        std::array<std::uint64_t, key_condition_count> keys{};
        std::uint64_t failing = 0;  // active keys with a CNAME that counts as failing
        std::map<SlotLooks, std::uint64_t>
            slots;           // of keys that are neither deleted nor revoked: the last look
        Waiting unverified;  // keys of which not every CNAME has ever been right; since they were created
        Waiting held;        // keys; since signing should have moved
        std::map<dns::Name, Waiting> invisible;  // pairs, by key zone; since they were published
    };
    Figures figures() const;

  private:
    // What many keys have in common; each is kept once.
    struct Profile {
        KeyCondition condition = KeyCondition::inactive;
        bool is_failing = false;
        std::vector<SlotLooks> looks;
        auto operator<=>(const Profile&) const = default;
    };
    // Points in time that something waits since; few keys have any.
    struct Waits {
        std::optional<Timestamp> unverified, held;
        std::vector<Timestamp> invisible;
        dns::Name zone;  // of these

        bool is_empty() const { return !unverified && !held && invisible.empty(); }
    };
    // Of all that wait for the same.
    struct Moments {
        std::uint64_t count = 0;
        std::map<Timestamp, std::uint64_t> since;  // how many, by the moment that they wait since

        void add(const std::optional<Timestamp>& moment, int by);
        Waiting waiting() const;
    };

    static Profile profile_of(const Key& key, bool is_held, const RotationPolicy& policy);
    static Waits waits_of(const Key& key, const std::optional<Timestamp>& held_since);
    void count(const Waits& waits, int by);
    std::uint32_t number_of(Profile profile);

    mutable std::mutex mutex_;
    std::map<Profile, std::uint32_t> profiles_;
    std::vector<std::uint64_t> counts_;  // of keys, by the number of their profile
    // By 64 bits of the hash of their ids: that two of a million keys share one has odds of 1 to 30 million.
    std::unordered_map<std::uint64_t, std::uint32_t> keys_;
    std::unordered_map<std::uint64_t, Waits> waits_;
    Moments unverified_, held_;
    std::map<dns::Name, Moments> invisible_;
};

}  // namespace custdkim
