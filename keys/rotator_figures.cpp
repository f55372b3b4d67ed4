#include <algorithm>

#include "keys/rotator.hpp"

namespace custdkim {

std::uint64_t Rotator::steps_made() const {
    std::uint64_t sum = 0;
    for (const auto& count : made_) sum += count;
    return sum;
}

RotationFigures Rotator::figures() const {
    RotationFigures figures;
    for (std::size_t i = 0; i < action_count; ++i) figures.made[i] = made_[i];
    figures.failed = failed_;
    const Timestamp now = parts_.clock.now();
    const auto see_due = [&](const DueQueue& queue) {
        const auto first = queue.first();
        if (!first || first->due > now) return;
        figures.oldest_due = figures.oldest_due ? std::min(*figures.oldest_due, first->due) : first->due;
    };
    const std::lock_guard lock(mutex_);
    see_due(queue_);
    figures.due = queue_.count_due(now, RotationFigures::most_counted);
    for (const auto& [type, waiting] : waiting_) {
        see_due(waiting);
        figures.waiting_for_pair += waiting.size();
    }
    for (const DueQueue& waiting : waiting_looks_) {
        see_due(waiting);
        figures.waiting_for_look += waiting.size();
    }
    figures.looks_under_way = looks_under_way_.size();
    figures.worked_at = worked_at_;
    return figures;
}

}  // namespace custdkim
