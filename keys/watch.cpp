#include "keys/watch.hpp"

#include <algorithm>

#include "keys/rotation_turn.hpp"
#include "keys/spread.hpp"

namespace custdkim {

namespace {

constexpr std::uint64_t watch_salt = 0;  // numbers of pairs, the other salts, begin with 1

// The key's first time of the watch that is not before `from`.
Timestamp turn_from(const Key& key, Duration watch, Timestamp from) {
    const Duration place = spread(key.id, watch_salt, watch - Duration(1));
    const Duration behind = (from.time_since_epoch() - place) % watch;
    return behind == Duration(0) ? from : from + (watch - behind);
}

// Between looks that do not pass: the longer it takes, the more rarely, but soon at first.
Duration wait_after(const Key& key, const SlotCheck& check, const RotationPolicy& policy) {
    const bool fails = check.failing_since && !check.passing_since;
    const Timestamp since =
        fails ? *check.failing_since : check.verified_at.value_or(key.activated_at.value_or(key.created_at));
    const Duration longest = std::max(policy.recheck, policy.watch / 4);
    // A failure that does not count yet may be a mishap: find out.
    if (fails && !is_failing(check, policy)) return policy.recheck;
    return std::clamp((check.last->checked_at - since) / 8, policy.recheck, longest);
}

}  // namespace

bool did_count(const SlotCheck& check, const RotationPolicy& policy) {
    return check.failing_since && check.last_failed_at && check.failed_looks >= policy.failing_looks &&
           *check.last_failed_at - *check.failing_since >= policy.failing_for;
}

bool is_failing(const SlotCheck& check, const RotationPolicy& policy) {
    return !check.passing_since && did_count(check, policy);
}

std::optional<Timestamp> watch_due(const Key& key, const Slot& slot, const RotationPolicy& policy,
                                   Timestamp now) {
    if (policy.watch <= Duration(0) || key.deleted_at || key.revoked_at || !signing_pair(key)) {
        return std::nullopt;
    }
    const Pair* const published = slot.published();
    if (published && !published->visible_at) return std::nullopt;
    const auto& last = slot.check.last;
    if (last && last->outcome != Outcome::pass) {
        return last->checked_at + wait_after(key, slot.check, policy);
    }
    const Timestamp seen = last ? last->checked_at : key.activated_at.value_or(key.created_at);
    const Duration lateness = policy.watch / 24;
    return turn_from(key, policy.watch, std::max(seen + policy.watch / 2, now - lateness));
}

}  // namespace custdkim
