#include "keys/look_crew.hpp"

#include <algorithm>

namespace custdkim {

LookRank rank_of(const Key& key, const Step& step) {
    const auto& last = key.slots.at(step.slot).check.last;
    if (last && last->outcome != Outcome::pass) return LookRank::of_who_did_not_pass;
    return step.watches ? LookRank::of_the_watch : LookRank::for_a_switch;
}

LookCrew::LookCrew(CustomerDns& customer_dns, std::size_t threads, std::function<void()> done)
    : customer_dns_(customer_dns), size_(threads), done_(std::move(done)) {
    for (std::size_t i = 0; i < size_; ++i) {
        threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
    }
}

LookCrew::~LookCrew() {
    for (std::jthread& thread : threads_) thread.request_stop();  // all, before the first is waited for
}

bool LookCrew::has_room(LookRank rank) const {
    if (size_ == 0) return true;
    const std::lock_guard lock(mutex_);
    // All for a switch, up to three quarters for what is less urgent, half for those who did not pass.
    const std::size_t parts = 4 - static_cast<std::size_t>(rank);
    const std::size_t most = std::max<std::size_t>(1, size_ * parts / 4);
    std::size_t all = 0, no_more_urgent = 0;
    for (std::size_t other = 0; other < look_ranks; ++other) {
        all += under_way_[other];
        if (other >= static_cast<std::size_t>(rank)) no_more_urgent += under_way_[other];
    }
    return all < size_ && no_more_urgent < most;
}

void LookCrew::start(KeyLook look) {
    if (size_ == 0) {
        look.found = customer_dns_.look(look.key, look.key.slots.at(look.step.slot));
        const std::lock_guard lock(mutex_);
        over_.push_back(std::move(look));
        return;
    }
    const std::lock_guard lock(mutex_);
    ++under_way_[static_cast<std::size_t>(rank_of(look.key, look.step))];
    wanted_.push_back(std::move(look));
    changed_.notify_one();
}

std::vector<KeyLook> LookCrew::collect() {
    const std::lock_guard lock(mutex_);
    return std::exchange(over_, {});
}

void LookCrew::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return !wanted_.empty(); }), !stop.stop_requested()) {
        KeyLook look = std::move(wanted_.front());
        wanted_.pop_front();
        lock.unlock();
        look.found = customer_dns_.look(look.key, look.key.slots.at(look.step.slot));
        lock.lock();
        --under_way_[static_cast<std::size_t>(rank_of(look.key, look.step))];
        over_.push_back(std::move(look));
        lock.unlock();
        if (done_) done_();
        lock.lock();
    }
}

}  // namespace custdkim
