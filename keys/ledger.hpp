// The one door through which keys change: a change is committed to the store, then shown in the zone, one
// after the other, so that the zone shows them in the order of their serials (R6). Thread-safe.
#pragma once

#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "keys/event_bell.hpp"
#include "keys/publisher.hpp"
#include "keys/store.hpp"

namespace custdkim {

class Ledger {
  public:
    // References outlive the ledger.
    Ledger(Store& store, Publisher& publisher, const Clock& clock);

    // Who wants to know of every key that changed, with the lock held: be quick, and do not call back.
    // Set before anything changes. A key that is gone comes without slots.
    void set_observer(std::function<void(const Key&)> observer) { observer_ = std::move(observer); }

    // Rings with every change. Who commits events past the ledger rings it, too.
    EventBell& bell() { return bell_; }

    Result<Insertion> insert(const Creation& creation);

    // One Committed for each; those that are not `done` changed nothing.
    Result<std::vector<Committed>> commit(std::span<Change> changes);

    // For one change: `busy` if the key was changed meanwhile.
    Result<Key> commit(Change change);

    // `busy`, likewise.
    Result<Serial> erase(const Key& key, const Event& event);

  private:
    Store& store_;
    Publisher& publisher_;
    const Clock& clock_;
    std::function<void(const Key&)> observer_;
    EventBell bell_;
    std::mutex mutex_;
};

}  // namespace custdkim
