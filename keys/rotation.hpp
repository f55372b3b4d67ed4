// What is to be done next with a key, and when: a pure function of the stored facts, the policy and the
// moment. The daemon asks it on a timer, the simulator jumps from due time to due time through the same code.
// Effects are elsewhere: keys/rotation_change.hpp turns a step into a change, keys/rotator.hpp makes it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keys/clock_steps.hpp"
#include "keys/key.hpp"
#include "keys/policy.hpp"

namespace custdkim {

enum class Action {
    mend,        // facts lie in the future, since the clock was stepped back: they are moved to now
    see,         // ask the name servers whether the slot's record is visible
    publish,     // make a pair and publish it in the slot
    verify,      // look at the slot's CNAME in the customer's DNS
    sign,        // signing moves to the slot's pair
    revoke,      // the record of the slot's retired pair says "p=" from now on
    reveal,      // the record of the slot's retired pair shows its private key from now on
    destroy,     // the pair's private key is destroyed
    deactivate,  // the key was held for too long, and the policy ends that so
    withdraw,    // the records of the deleted key go
};

inline constexpr std::size_t action_count = 10;

std::string_view to_string(Action action);

struct Step {
    Action action = Action::see;
    Timestamp due{};
    std::size_t slot = 0;  // position in Key::slots
    unsigned pair = 0;     // Pair::number; 0 where there is none yet
    std::string why;       // for the audit log
    bool watches = false;  // verify: the watch looks, and nothing waits for it
};

// The earliest step, overdue ones included; nothing if nothing will ever be due by itself. The watch
// (keys/watch.hpp) waits for steps that are due. `now` matters only to the watch, and where facts lie in the
// future or a hold runs.
std::optional<Step> next_step(const Key& key, const RotationPolicy& policy, const ClockSteps& clock,
                              Timestamp now);

// The same without the watch: what changes something.
std::optional<Step> next_rotation_step(const Key& key, const RotationPolicy& policy, const ClockSteps& clock,
                                       Timestamp now);

// For a deleted key: from when on its records may be withdrawn. At once if it never signed or was revoked,
// else `retention` after the last signature (R3).
Timestamp withdraw_at(const Key& key, Duration retention, const ClockSteps& clock = {});

// Why and since when signing should have moved but did not (R4). Not told while looks fail that do not count
// yet (keys/watch.hpp), although signing does not move then either.
struct Hold {
    Timestamp since{};
    std::size_t slot = 0;
    std::string reason;
};

std::optional<Hold> hold_of(const Key& key, const RotationPolicy& policy, const ClockSteps& clock,
                            Timestamp now);

// From when until when the key is held, the end excluded.
struct HoldSpan {
    Timestamp from{}, until{};  // Timestamp::max(): no end is in sight
    Timestamp since{};          // Hold::since
};

// When hold_of() will say so, from `now` on, if nothing happens to the key. Of nearly all keys: never.
std::vector<HoldSpan> holds_ahead(const Key& key, const RotationPolicy& policy, const ClockSteps& clock,
                                  Timestamp now);

// When signing will move, and what decides about the time: "as soon as R2 and R3 allow".
struct Forecast {
    std::size_t slot = 0;
    Timestamp publish_at{};  // the new pair; in the past if it is there
    Timestamp sign_at{};     // at the earliest
    std::string why;
};

// Nothing if the key does not sign.
std::optional<Forecast> forecast(const Key& key, const RotationPolicy& policy, const ClockSteps& clock,
                                 Timestamp now);

}  // namespace custdkim
