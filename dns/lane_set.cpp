#include "dns/lane_set.hpp"

#include <algorithm>

namespace custdkim::dns {

namespace {

// How long what is above the customers' zones may be remembered, and how much.
constexpr std::chrono::seconds lifetime{30};
constexpr std::size_t most_questions = 5000;

bool is_old(const Lane& lane) {
    return std::chrono::steady_clock::now() - lane.opened > lifetime ||
           lane.history.questions() >= most_questions;
}

}  // namespace

Lane& LaneSet::enter(const Name& name, bool of_its_own) {
    drop_old();
    auto lane = std::find_if(lanes_.begin(), lanes_.end(), [&](const std::unique_ptr<Lane>& known) {
        return !of_its_own && !is_old(*known) && known->history.may_ask(name);
    });
    if (lane == lanes_.end()) {
        lane = lanes_.insert(lanes_.end(), std::make_unique<Lane>(base_, settings_));
    }
    ++(*lane)->under_way;
    (*lane)->history.begin(name);
    return **lane;
}

void LaneSet::leave(Lane& lane) {
    --lane.under_way;
    drop_old();
}

void LaneSet::drop_old() {
    lanes_.erase(std::remove_if(lanes_.begin(), lanes_.end(),
                                [](const auto& lane) { return lane->under_way == 0 && is_old(*lane); }),
                 lanes_.end());
    // The newest serve the fewest: they were opened for a customer who had been in all the others.
    for (std::size_t at = lanes_.size(); at > 0 && lanes_.size() > most_; --at) {
        if (lanes_[at - 1]->under_way == 0)
            lanes_.erase(lanes_.begin() + static_cast<std::ptrdiff_t>(at - 1));
    }
}

}  // namespace custdkim::dns
