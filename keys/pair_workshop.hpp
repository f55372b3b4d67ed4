// Makes pairs for the rotation, on threads of low priority and bounded in number: ordered now, collected when
// they are ready. It has nothing to do with the pool that `key create` takes from. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "keys/pair_pool.hpp"

namespace custdkim {

// The port: pairs that come later.
class PairOrders {
  public:
    virtual ~PairOrders() = default;

    // So many pairs of this type are wanted in all. More than is sensible to keep is not made ahead.
    virtual void want(KeyType type, std::size_t count) = 0;
    virtual std::optional<SealedPair> collect(KeyType type) = 0;
};

class PairWorkshop final : public PairOrders {
  public:
    // `ready` is called by a worker whenever a pair is ready. `sealer` outlives the workshop.
    PairWorkshop(std::size_t threads, const Sealer& sealer, PairGenerator generate,
                 std::function<void()> ready);
    ~PairWorkshop() override;

    void want(KeyType type, std::size_t count) override;
    std::optional<SealedPair> collect(KeyType type) override;

  private:
    struct Shelf {
        std::size_t wanted = 0;  // ready and under way included
        std::size_t under_way = 0;
        std::deque<SealedPair> ready;
    };

    void work(const std::stop_token& stop);
    std::map<KeyType, Shelf>::iterator next_order();

    const Sealer& sealer_;
    const PairGenerator generate_;
    const std::function<void()> ready_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<KeyType, Shelf> shelves_;
    std::vector<std::jthread> workers_;  // last: they use all of the above
};

}  // namespace custdkim
