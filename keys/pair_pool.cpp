#include "keys/pair_pool.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>

#include "base/log.hpp"

namespace custdkim {

PairPool::PairPool(KeyType type, std::size_t size, const Sealer& sealer, PairGenerator generate)
    : type_(type), size_(size), sealer_(sealer), generate_(std::move(generate)) {
    if (size_ > 0) worker_ = std::jthread([this](const std::stop_token& stop) { refill(stop); });
}

PairPool::~PairPool() = default;

Result<SealedPair> PairPool::take(KeyType type) {
    if (type == type_) {
        const std::lock_guard lock(mutex_);
        if (!ready_.empty()) {
            SealedPair pair = std::move(ready_.front());
            ready_.pop_front();
            changed_.notify_all();
            return pair;
        }
    }
    return make(type, {});
}

std::size_t PairPool::level() const {
    const std::lock_guard lock(mutex_);
    return ready_.size();
}

void PairPool::refill(const std::stop_token& stop) {
    // Linux applies this to the thread alone: answering comes first.
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 10);
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        if (!changed_.wait(lock, stop, [this] { return ready_.size() < size_; })) return;
        lock.unlock();
        auto pair = make(type_, stop);
        lock.lock();
        if (pair) {
            ready_.push_back(std::move(*pair));
        } else if (!stop.stop_requested()) {
            log_error("the key pool cannot be refilled", {{"reason", pair.error().detail}});
            changed_.wait_for(lock, stop, std::chrono::seconds(10), [] { return false; });
        }
    }
}

Result<SealedPair> PairPool::make(KeyType type, const std::stop_token& stop) const {
    const auto pair = generate_(type, stop);
    if (!pair) return pair.error();
    return seal_pair(sealer_, *pair);
}

}  // namespace custdkim
