#include "keys/pair_workshop.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "base/log.hpp"

namespace custdkim {

namespace {

constexpr std::size_t most_ahead = 512;  // of each type: what nobody collects must not pile up

}  // namespace

PairWorkshop::PairWorkshop(std::size_t threads, const Sealer& sealer, PairGenerator generate,
                           std::function<void()> ready)
    : sealer_(sealer), generate_(std::move(generate)), ready_(std::move(ready)) {
    for (std::size_t i = 0; i < threads; ++i) {
        workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    }
}

PairWorkshop::~PairWorkshop() {
    for (std::jthread& worker : workers_) worker.request_stop();  // all, before the first is waited for
}

void PairWorkshop::want(KeyType type, std::size_t count) {
    const std::lock_guard lock(mutex_);
    shelves_[type].wanted = std::min(count, most_ahead);
    changed_.notify_all();
}

std::optional<SealedPair> PairWorkshop::collect(KeyType type) {
    const std::lock_guard lock(mutex_);
    Shelf& shelf = shelves_[type];
    if (shelf.ready.empty()) return std::nullopt;
    SealedPair pair = std::move(shelf.ready.front());
    shelf.ready.pop_front();
    changed_.notify_all();
    return pair;
}

std::map<KeyType, PairWorkshop::Shelf>::iterator PairWorkshop::next_order() {
    return std::find_if(shelves_.begin(), shelves_.end(), [](const auto& entry) {
        return entry.second.ready.size() + entry.second.under_way < entry.second.wanted;
    });
}

void PairWorkshop::work(const std::stop_token& stop) {
    // Linux applies this to the thread alone: answering comes first.
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 10);
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        if (!changed_.wait(lock, stop, [this] { return next_order() != shelves_.end(); })) return;
        const auto order = next_order();
        ++order->second.under_way;
        lock.unlock();
        const auto made = generate_(order->first, stop);
        std::optional<SealedPair> pair;
        if (made) pair = seal_pair(sealer_, *made);
        lock.lock();
        --order->second.under_way;
        if (pair) {
            order->second.ready.push_back(std::move(*pair));
            lock.unlock();
            ready_();
            lock.lock();
        } else if (!stop.stop_requested()) {
            log_error("no pair could be made for a rotation", {{"reason", made.error().detail}});
            changed_.wait_for(lock, stop, std::chrono::seconds(10), [] { return false; });
        }
    }
}

}  // namespace custdkim
