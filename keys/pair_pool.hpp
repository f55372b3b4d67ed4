// A pool of ready pairs of one type, refilled in the background at low priority: an RSA-2048 pair costs about
// 0.4 s of CPU, which nobody should wait for. Other types, and an empty pool, are made on the spot.
// Thread-safe. Private keys are sealed before they enter the pool.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "keys/pair_source.hpp"

namespace custdkim {

using PairGenerator = std::function<Result<KeyPair>(KeyType, const std::stop_token&)>;

class PairPool final : public PairSource {
  public:
    // Starts the worker unless `size` is 0. `sealer` outlives the pool.
    PairPool(KeyType type, std::size_t size, const Sealer& sealer,
             PairGenerator generate = generate_key_pair);
    ~PairPool() override;

    Result<SealedPair> take(KeyType type) override;
    std::size_t level() const;

  private:
    void refill(const std::stop_token& stop);
    Result<SealedPair> make(KeyType type, const std::stop_token& stop) const;

    const KeyType type_;
    const std::size_t size_;
    const Sealer& sealer_;
    const PairGenerator generate_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<SealedPair> ready_;
    std::jthread worker_;  // last: it uses all of the above
};

}  // namespace custdkim
