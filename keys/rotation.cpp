#include "keys/rotation.hpp"

#include <algorithm>

#include "keys/key_state.hpp"
#include "keys/rotation_turn.hpp"
#include "keys/watch.hpp"

namespace custdkim {

namespace {

// Smaller steps back are waited out.
constexpr Duration future_allowance = std::chrono::minutes(10);

// Everything a decision is made from.
struct Question {
    const Key& key;
    const RotationPolicy& policy;
    const ClockSteps& clock;
    Timestamp now;
};

class Earliest {
  public:
    void offer(Step step) {
        if (!step_ || step.due < step_->due) step_ = std::move(step);
    }
    std::optional<Step> take() { return std::move(step_); }

  private:
    std::optional<Step> step_;  // of equal ones the first
};

Timestamp latest_fact(const Key& key) {
    Timestamp latest = key.created_at;
    const auto count = [&latest](const std::optional<Timestamp>& fact) {
        if (fact) latest = std::max(latest, *fact);
    };
    for (const auto& fact : {key.activated_at, key.rotation_requested_at, key.revoked_at, key.deleted_at}) {
        count(fact);
    }
    for (const Slot& slot : key.slots) {
        count(slot.check.verified_at);
        count(slot.check.passing_since);
        count(slot.check.last_failed_at);
        if (slot.check.last) count(slot.check.last->checked_at);
        for (const Pair& pair : slot.pairs) {
            for (const auto& fact : {pair.published_at, pair.visible_at, pair.signing_since, pair.retired_at,
                                     pair.compromised_at, pair.revoked_at, pair.destroyed_at}) {
                count(fact);
            }
        }
    }
    return latest;
}

void offer_see(const Question& q, Earliest& earliest) {
    for (std::size_t slot = 0; slot < q.key.slots.size(); ++slot) {
        const Pair* const pair = q.key.slots[slot].published();
        if (!pair || pair->visible_at || pair->revoked_at) continue;
        earliest.offer({Action::see, *pair->published_at, slot, pair->number, ""});
    }
}

// It was active before, and deactivated in between: then its names have been asked for.
bool is_activated_again(const Key& key) {
    for (const Slot& slot : key.slots) {
        for (const Pair& pair : slot.pairs) {
            if (pair.retired_at || (pair.signing_since && *pair.signing_since < *key.activated_at))
                return true;
        }
    }
    return false;
}

// From when on a look that passes counts: a CNAME that was missing is remembered as missing by caches, up to
// the negative TTL of the customer's zone. Before the key was first activated nobody had a reason to ask.
std::optional<Timestamp> passing_counts_from(const Question& q, const Slot& slot) {
    if (!slot.check.passing_since) return std::nullopt;
    const Timestamp since = *slot.check.passing_since;
    if (q.key.activated_at && since <= *q.key.activated_at && !is_activated_again(q.key)) return since;
    return after(since, q.policy.customer_negative_ttl, q.clock);
}

// The last look passed, and led to this very pair since it was visible.
bool is_verified(const Slot& slot, const Pair& pair) {
    const SlotCheck& check = slot.check;
    return check.verified_at && check.passing_since && check.verified_pair == pair.number &&
           pair.visible_at && *check.verified_at >= *pair.visible_at;
}

std::string why_sign(Cause cause) {
    switch (cause) {
        case Cause::routine: return "its turn has come";
        case Cause::request: return "an operator asked for a rotation";
        case Cause::compromise: return "the pair that signed before is compromised";
    }
    return "";
}

// How signing gets to a pair that is visible: looks until one passes, and one that is fresh at the moment.
void offer_switch(const Question& q, const Turn& turn, Earliest& earliest) {
    const Slot& slot = q.key.slots[turn.slot];
    const Pair& pair = *turn.successor;
    const auto offer = [&](Action action, Timestamp due, const std::string& why) {
        earliest.offer({action, due, turn.slot, pair.number, why});
    };
    const auto hold = hold_of(q.key, q.policy, q.clock, q.now);
    if (hold && q.policy.after_max_hold != AfterMaxHold::keep_holding) {
        const Timestamp end = after(hold->since, q.policy.max_hold, q.clock);
        const bool sign = q.policy.after_max_hold == AfterMaxHold::sign_anyway;
        offer(sign ? Action::sign : Action::deactivate, end, "the key was held for max_hold");
    }
    const auto& last = slot.check.last;
    if (!last || last->checked_at < *pair.visible_at) {
        offer(Action::verify, *pair.visible_at, "the pair is visible");
    } else if (!is_verified(slot, pair) || last->outcome == Outcome::fail) {
        offer(Action::verify, last->checked_at + q.policy.recheck, "the last look did not pass");
    } else {
        const Timestamp sign_at = std::max(turn.sign_at, *passing_counts_from(q, slot));
        const Timestamp fresh_until = *slot.check.verified_at + q.policy.verified_within;
        if (fresh_until >= std::max(sign_at, q.now)) {
            offer(Action::sign, sign_at, why_sign(turn.cause));
        } else if (last->outcome == Outcome::pass) {
            offer(Action::verify, sign_at, "the last pass is too old to sign on");
        } else {
            offer(Action::verify, std::max(sign_at, last->checked_at + q.policy.recheck),
                  "the last look could not tell");
        }
    }
}

void offer_turn(const Question& q, Earliest& earliest) {
    const auto turn = next_turn(q.key, q.policy, q.clock, q.now);
    if (!turn) return;
    if (!turn->successor) {
        earliest.offer({Action::publish, turn->publish_at, turn->slot, 0, why_sign(turn->cause)});
    } else if (turn->successor->visible_at) {
        offer_switch(q, *turn, earliest);
    }
    // With a third slot there is always one to spare: for the day when it is needed at once.
    if (q.key.slots.size() < 3 || q.policy.alternate_at_creation != AlternateAtCreation::standby) return;
    for (std::size_t position = 0; position < q.key.slots.size(); ++position) {
        const Slot& slot = q.key.slots[position];
        const Pair* const published = slot.published();
        const bool waits = published && (is_fresh(*published) || !published->retired_at);
        if (position == turn->slot || waits) continue;
        const Timestamp due = std::max(free_at(slot, q.policy.retention, q.clock), q.key.created_at);
        earliest.offer({Action::publish, due, position, 0, "the slot is free: a pair to stand by"});
    }
}

// What becomes of pairs that were replaced.
void offer_retirement(const Question& q, Earliest& earliest) {
    const bool is_replaced = signing_pair(q.key).has_value();
    for (std::size_t position = 0; position < q.key.slots.size(); ++position) {
        const Slot& slot = q.key.slots[position];
        for (const Pair& pair : slot.pairs) {
            const bool is_published = &pair == slot.published();
            if (is_published && pair.compromised_at && pair.retired_at && !pair.revoked_at &&
                q.policy.revoke_compromised) {
                earliest.offer(
                    {Action::revoke, *pair.retired_at, position, pair.number, "it is compromised"});
            }
            if (!is_replaced || !pair.retired_at) continue;
            const Timestamp unneeded = after(*pair.retired_at, q.policy.retention, q.clock);
            const bool reveals = q.policy.retired == RetiredRecord::publish_private_key && is_published &&
                                 !pair.compromised_at && !pair.revoked_at;
            if (q.policy.retired == RetiredRecord::revoke && is_published && !pair.revoked_at) {
                earliest.offer({Action::revoke, unneeded, position, pair.number,
                                "no mail can need it any more, and the policy revokes"});
            } else if (reveals && pair.revealed.empty() && !pair.destroyed_at) {
                earliest.offer({Action::reveal, unneeded, position, pair.number,
                                "no mail can need it any more, and the policy publishes private keys"});
            }
            if (pair.destroyed_at || reveals) continue;
            earliest.offer({Action::destroy,
                            after(*pair.retired_at, q.policy.destroy_private_key_after, q.clock), position,
                            pair.number, "it will never sign again"});
        }
    }
}

}  // namespace

std::string_view to_string(Action action) {
    switch (action) {
        case Action::mend: return "mend";
        case Action::see: return "see";
        case Action::publish: return "publish";
        case Action::verify: return "verify";
        case Action::sign: return "sign";
        case Action::revoke: return "revoke";
        case Action::reveal: return "reveal";
        case Action::destroy: return "destroy";
        case Action::deactivate: return "deactivate";
        case Action::withdraw: return "withdraw";
    }
    return "see";
}

std::optional<Step> next_rotation_step(const Key& key, const RotationPolicy& policy, const ClockSteps& clock,
                                       Timestamp now) {
    if (latest_fact(key) > now + future_allowance) {
        return Step{Action::mend, now, 0, 0, "facts lie in the future: the clock was stepped back"};
    }
    if (key.deleted_at) {
        return Step{Action::withdraw, withdraw_at(key, policy.retention, clock), 0, 0,
                    "the key was deleted, and no mail can need it any more"};
    }
    if (key.revoked_at) return std::nullopt;
    const Question question{key, policy, clock, now};
    Earliest earliest;
    offer_see(question, earliest);
    offer_turn(question, earliest);
    offer_retirement(question, earliest);
    return earliest.take();
}

std::optional<Step> next_step(const Key& key, const RotationPolicy& policy, const ClockSteps& clock,
                              Timestamp now) {
    auto step = next_rotation_step(key, policy, clock, now);
    if (step && step->due <= now) return step;
    for (std::size_t position = 0; position < key.slots.size(); ++position) {
        const auto due = watch_due(key, key.slots[position], policy, now);
        if (!due || (step && step->due <= *due)) continue;
        step = Step{Action::verify, *due, position, 0, "the watch", true};
    }
    return step;
}

Timestamp withdraw_at(const Key& key, Duration retention, const ClockSteps& clock) {
    const Timestamp deleted = key.deleted_at.value_or(key.created_at);
    const auto last = last_use(key, deleted);
    return last && !key.revoked_at ? after(*last, retention, clock) : deleted;
}

namespace {

std::string could_not_tell(const Key& key, const Slot& slot) {
    return customer_name(key, slot) + ": could not tell whether it is right: " + slot.check.last->detail;
}

}  // namespace

std::optional<Hold> hold_of(const Key& key, const RotationPolicy& policy, const ClockSteps& clock,
                            Timestamp now) {
    const auto turn = next_turn(key, policy, clock, now);
    if (!turn || !turn->successor || !turn->successor->visible_at || turn->sign_at > now) return std::nullopt;
    const Slot& slot = key.slots[turn->slot];
    const auto& last = slot.check.last;
    const Question question{key, policy, clock, now};
    Hold hold{turn->sign_at, turn->slot, ""};
    if (!last || last->checked_at < *turn->successor->visible_at) {
        return std::nullopt;  // not looked at yet
    } else if (last->outcome == Outcome::fail) {
        if (!is_failing(slot.check, policy)) return std::nullopt;
        hold.reason = customer_name(key, slot) + ": " + last->detail;
    } else if (!is_verified(slot, *turn->successor)) {
        if (last->outcome == Outcome::pass) return std::nullopt;  // it led to another pair: looked at again
        hold.reason = could_not_tell(key, slot);
    } else if (const Timestamp from = *passing_counts_from(question, slot); from > now) {
        if (!did_count(slot.check, policy)) return std::nullopt;
        hold.reason = customer_name(key, slot) + " was seen wrong, and caches may remember that until " +
                      format_rfc3339(from);
    } else if (*slot.check.verified_at + policy.verified_within < now && last->outcome == Outcome::unknown) {
        hold.reason = could_not_tell(key, slot);
    } else {
        return std::nullopt;
    }
    return hold;
}

namespace {

// From `q.now` on, the moments at which hold_of() may change its mind by itself; none if it never holds. Far
// ahead it is the turn of the slot whose pair is there: others need time from whenever they begin.
std::vector<Timestamp> turning_points(const Question& q) {
    const auto turn = next_turn(q.key, q.policy, q.clock, q.now + std::chrono::years(100));
    if (!turn || !turn->successor || !turn->successor->visible_at) return {};
    const Slot& slot = q.key.slots[turn->slot];
    std::vector<Timestamp> points{q.now};
    const auto add = [&](Timestamp point) {
        if (point > q.now) points.push_back(point);
    };
    add(turn->sign_at);
    if (const auto from = passing_counts_from(q, slot)) add(*from);
    if (slot.check.verified_at) add(*slot.check.verified_at + q.policy.verified_within + Duration(1));
    std::sort(points.begin(), points.end());
    return points;
}

}  // namespace

std::vector<HoldSpan> holds_ahead(const Key& key, const RotationPolicy& policy, const ClockSteps& clock,
                                  Timestamp now) {
    std::vector<HoldSpan> spans;
    const auto points = turning_points({key, policy, clock, now});
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto hold = hold_of(key, policy, clock, points[i]);
        if (!hold) continue;
        const Timestamp until = i + 1 < points.size() ? points[i + 1] : Timestamp::max();
        if (!spans.empty() && spans.back().until == points[i]) {
            spans.back().until = until;
        } else {
            spans.push_back({points[i], until, hold->since});
        }
    }
    return spans;
}

std::optional<Forecast> forecast(const Key& key, const RotationPolicy& policy, const ClockSteps& clock,
                                 Timestamp now) {
    const auto turn = next_turn(key, policy, clock, now);
    if (!turn) return std::nullopt;
    const Slot& slot = key.slots[turn->slot];
    Forecast forecast{turn->slot, turn->publish_at, std::max(turn->sign_at, now), ""};
    const Duration visible_for = turn->cause == Cause::compromise ? settle_time(policy) : policy.prepublish;
    if (const auto hold = hold_of(key, policy, clock, now)) {
        forecast.why = "held: " + hold->reason;
    } else if (const auto from = passing_counts_from({key, policy, clock, now}, slot);
               turn->successor && from && *from > forecast.sign_at) {
        forecast.sign_at = *from;
        forecast.why = "caches may remember that " + customer_name(key, slot) + " was wrong";
    } else if (turn->successor && turn->sign_at <= now) {
        forecast.why = "the pair in " + slot.selector + " is ready";
    } else if (turn->successor) {
        forecast.why =
            "the pair in " + slot.selector + " must have been visible for " + format_duration(visible_for);
    } else if (turn->publish_at > now && turn->cause != Cause::routine) {
        forecast.why =
            "the record of " + slot.selector + " is needed until " + format_rfc3339(turn->publish_at) +
            " by mail that is under way; then a new pair must be visible for " + format_duration(visible_for);
    } else {
        forecast.why = "a new pair in " + slot.selector + " must be visible for " +
                       format_duration(visible_for) + " first";
    }
    return forecast;
}

}  // namespace custdkim
