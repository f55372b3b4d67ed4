#include "keys/timeline.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "keys/undisturbed.hpp"

namespace custdkim {

namespace {

constexpr std::size_t most_steps = 1000;  // looks included: a guard, not a limit that a policy reaches

// Looks change no record and no pair.
bool is_shown(Action action) { return action != Action::see && action != Action::verify; }

// All pairs that were ever seen in a key, as they were last: a key forgets those long gone.
class Lives {
  public:
    void note(const Key& key) {
        for (std::size_t position = 0; position < key.slots.size(); ++position) {
            for (const Pair& pair : key.slots[position].pairs) pairs_[{position, pair.number}] = pair;
        }
    }

    // The records of the deleted key went at this time.
    void withdraw(Timestamp at) { withdrawn_at_ = at; }

    std::vector<PairLife> of_slot(std::size_t position) const {
        std::vector<PairLife> lives;
        const auto begin = pairs_.lower_bound({position, 0}), end = pairs_.lower_bound({position + 1, 0});
        for (auto at = begin; at != end; ++at) {
            const auto next = std::next(at);
            const auto replaced_at = next == end ? withdrawn_at_ : next->second.published_at;
            lives.push_back({at->second.number, spans_of(at->second, replaced_at)});
        }
        return lives;
    }

  private:
    static std::optional<Timestamp> removed_at(const Pair& pair, std::optional<Timestamp> replaced_at) {
        std::optional<Timestamp> removed = replaced_at;
        const auto count = [&removed](const std::optional<Timestamp>& fact) {
            if (fact) removed = std::min(removed.value_or(*fact), *fact);
        };
        count(pair.revoked_at);
        if (!pair.revealed.empty()) count(pair.destroyed_at);  // by the step that shows it, at the latest
        return removed;
    }

    static std::vector<Span> spans_of(const Pair& pair, std::optional<Timestamp> replaced_at) {
        const auto removed = removed_at(pair, replaced_at);
        std::vector<Span> spans;
        const auto begin = [&](PairState state, const std::optional<Timestamp>& at) {
            if (!at || (removed && *at >= *removed && state != PairState::removed)) return;
            while (!spans.empty() && spans.back().from >= *at) spans.pop_back();  // it took no time
            if (!spans.empty()) spans.back().to = *at;
            spans.push_back({state, *at, std::nullopt});
        };
        begin(PairState::published, pair.published_at);
        begin(PairState::ready, pair.visible_at);
        begin(PairState::active, pair.signing_since);
        begin(PairState::retired, pair.retired_at);
        begin(PairState::removed, removed);
        return spans;
    }

    std::map<std::pair<std::size_t, unsigned>, Pair> pairs_;  // by position of the slot and number
    std::optional<Timestamp> withdrawn_at_;
};

}  // namespace

Timeline timeline_of(const Key& key, const RotationPolicy& policy, const ClockSteps& clock, Timestamp now,
                     unsigned cycles) {
    Timeline timeline;
    timeline.until = now;
    Lives lives;
    Key then = key;
    lives.note(then);
    unsigned moves = 0;
    for (std::size_t steps = 0; steps < most_steps && moves < cycles; ++steps) {
        auto step = next_rotation_step(then, policy, clock, timeline.until);
        if (!step) break;
        step->due = timeline.until = std::max(step->due, timeline.until);  // overdue: done now
        if (step->action == Action::withdraw) {
            lives.withdraw(step->due);
            timeline.planned.push_back(std::move(*step));
            break;
        }
        then = make_change(then, *step, undisturbed_finds(then, *step), policy, step->due).key;
        lives.note(then);
        if (step->action == Action::publish) step->pair = then.slots[step->slot].published()->number;
        if (step->action == Action::sign) ++moves;
        if (is_shown(step->action)) timeline.planned.push_back(std::move(*step));
    }
    for (std::size_t position = 0; position < key.slots.size(); ++position) {
        timeline.slots.push_back({key.slots[position].selector, lives.of_slot(position)});
    }
    return timeline;
}

}  // namespace custdkim
