// How many keys are in which condition, and since when the one has been waiting that waits longest. Kept key
// by key as they change, so that to tell costs the same at a thousand keys and at twenty million: about 40
// octets for each, and some 300 more for one that waits for something. Holds begin and end by themselves:
// when is known beforehand, and comes true when somebody asks. Which keys are held, and which fail, is known
// page by page. Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "keys/clock_steps.hpp"
#include "keys/key.hpp"
#include "keys/key_roll.hpp"
#include "keys/policy.hpp"
#include "keys/rotation.hpp"

namespace custdkim {

// Each key is counted in one of these. `deleted`: its records are still there, for mail under way.
enum class KeyCondition { inactive, active, held, revoked, deleted };
inline constexpr std::size_t key_condition_count = 5;

std::string_view to_string(KeyCondition condition);

// What somebody should see to. A key may be held and fail; `only_failing` are those that are not held.
enum class Need { held, failing, only_failing };

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
    Figures figures(Timestamp now);

    // Up to `limit` keys that have this need, oldest first, behind a place; `org` "": of all organisations.
    std::vector<RollPlace> list(Need need, const RollPlace& behind, std::string_view org, std::size_t limit,
                                Timestamp now);

  private:
    using IdHash = std::uint64_t;

    // What many keys have in common; each is kept once.
    struct Profile {
        KeyCondition condition = KeyCondition::inactive;
        bool is_failing = false;
        std::vector<SlotLooks> looks;
        auto operator<=>(const Profile&) const = default;
    };
    // Points in time that something waits since.
    struct Waits {
        std::optional<Timestamp> unverified;
        std::vector<Timestamp> invisible;
        dns::Name zone;  // of these
    };
    // What is kept of the few keys that wait, fail, or will be held if nothing happens.
    struct Special {
        Waits waits;
        std::vector<HoldSpan> holds;
        bool is_failing = false;
        std::optional<Timestamp> held_since;  // if it is, as far as somebody has asked
        std::optional<Timestamp> turns_at;    // when that changes by itself
        std::string org;                      // as the place, only where it fails or will be held
        RollPlace place;

        bool is_usual() const {
            return !waits.unverified && waits.invisible.empty() && holds.empty() && !is_failing;
        }
    };
    // Of all that wait for the same.
    struct Moments {
        std::uint64_t count = 0;
        std::map<Timestamp, std::uint64_t> since;  // how many, by the moment that they wait since

        void add(const std::optional<Timestamp>& moment, int by);
        Waiting waiting() const;
    };

    static Profile profile_of(const Key& key, const RotationPolicy& policy);
    static Waits waits_of(const Key& key);
    // All of these with the lock held.
    void forget(IdHash id);
    KeyRoll& roll_of(Need need);
    void count(const Special& special, int by);
    void catch_up(Timestamp now);
    void settle(IdHash id, Special& special, Timestamp now);
    void set_held(IdHash id, Special& special, const std::optional<Timestamp>& since);
    std::uint32_t number_of(const Profile& profile);

    std::mutex mutex_;
    std::map<Profile, std::uint32_t> profiles_;
    std::vector<const Profile*> numbered_;  // the same, by their numbers
    std::vector<std::uint64_t> counts_;     // of keys, by the number of their profile
    // By 64 bits of the hash of their ids: that two of a million keys share one has odds of 1 to 30 million.
    std::unordered_map<IdHash, std::uint32_t> keys_;
    std::unordered_map<IdHash, Special> specials_;
    std::set<std::pair<Timestamp, IdHash>> turns_;  // Special::turns_at
    KeyRoll held_roll_, failing_roll_, only_failing_roll_;
    Moments unverified_, held_;
    std::map<dns::Name, Moments> invisible_;
};

}  // namespace custdkim
