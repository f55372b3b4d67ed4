// One key that lives through days on a clock of its own: next_step() and make_change(), with nothing around
// them. Pairs are tokens; the name servers and the customer's DNS do what the test says.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "keys/rotation_change.hpp"
#include "keys/rotation_turn.hpp"
#include "tests/support/sample_keys.hpp"

namespace custdkim::test {

inline constexpr Duration day = std::chrono::days(1);
inline constexpr Duration hour = std::chrono::hours(1);

struct Rehearsal {
    RotationPolicy policy;
    ClockSteps clock;
    Timestamp now = new_year();
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb"});
    bool visible = true;               // what name servers say
    Outcome customer = Outcome::pass;  // what a look at the customer's DNS says
    std::vector<std::string> history;  // "25d publish s2"

    void at(Duration since_start) { now = new_year() + since_start; }
    Duration elapsed() const { return now - new_year(); }

    // Makes the steps that are due, until there are none or only those that cannot be made.
    void settle() {
        for (int steps = 0; steps < 100; ++steps) {
            const auto step = next_step(key, policy, clock, now);
            if (!step || step->due > now) return;
            if (step->action == Action::see && !visible) return;
            if (step->action == Action::withdraw) {
                tell("withdraw", *step);
                key.slots.clear();
                return;
            }
            make(*step);
        }
        FAIL("the steps have no end");
    }

    // Lives until then, step by step, as the daemon does; looks again every hour where it must wait.
    void run_until(Duration since_start) {
        const Timestamp end = new_year() + since_start;
        while (!key.slots.empty()) {
            settle();
            const auto step = key.slots.empty() ? std::nullopt : next_step(key, policy, clock, now);
            const Timestamp next =
                step ? std::max(step->due, now + (step->due > now ? Duration(0) : hour)) : end;
            if (next >= end) break;
            now = next;
        }
        now = end;
        if (!key.slots.empty()) settle();
    }

    void activate() {
        key = activation_change(key, 0, key.slots[0].pairs.back().number, now).key;
        for (Slot& slot : key.slots)
            record_look(slot, {{Outcome::pass, "", "", "", {}}, published(slot)}, now);
    }

    // The selector that signs.
    std::string signer() const {
        const auto signing = signing_pair(key);
        return signing ? key.slots[signing->slot].selector : "";
    }

  private:
    static unsigned published(const Slot& slot) { return slot.published() ? slot.published()->number : 0; }

    void make(const Step& step) {
        Finds finds;
        if (step.action == Action::publish) {
            finds.pair = SealedPair{key.type, sample_public_key(key.type, ++made_), Bytes{1}};
        } else if (step.action == Action::verify) {
            const bool pass = customer == Outcome::pass;
            finds.look = SlotLook{{customer, pass ? "" : "missing", pass ? "" : "there is no CNAME", "", {}},
                                  published(key.slots[step.slot])};
        } else if (step.action == Action::reveal) {
            finds.private_key = Bytes{7, 7, 7};
        }
        tell(std::string(to_string(step.action)), step);
        key = make_change(key, step, std::move(finds), policy, now).key;
        ++key.version;
    }

    void tell(const std::string& action, const Step& step) {
        if (action == "see" || action == "verify" || action == "destroy") return;
        const bool whole_days = elapsed() % day == Duration(0);
        const Duration when = whole_days ? elapsed() : std::chrono::duration_cast<hours>(elapsed());
        history.push_back(format_duration(when) + " " + action + " " +
                          (action == "withdraw" || action == "mend" ? "" : key.slots[step.slot].selector));
    }
    using hours = std::chrono::hours;

    unsigned made_ = 50;
};

using History = std::vector<std::string>;

}  // namespace custdkim::test
