// Whether the service can do its work: what GET /v1/ready tells. Thread-safe; cheap enough for a load
// balancer that asks every second.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>

#include "api/check.hpp"
#include "backend/connectors.hpp"
#include "base/clock.hpp"
#include "keys/pair_pool.hpp"
#include "keys/rotator.hpp"
#include "keys/store.hpp"

namespace custdkim {

class Readiness {
  public:
    // All outlive it.
    struct Parts {
        Store& store;
        const Rotator& rotator;
        const PairPool& pool;
        std::size_t pool_size = 0;
        const backend::Connectors& connectors;
        const Clock& clock;
    };
    explicit Readiness(Parts parts) : parts_(parts) {}

    api::Checks look();

    // The rotation has gone once through what was due: it is alive.
    void note_round() { last_round_ = Steady::now(); }

  private:
    using Steady = std::chrono::steady_clock;

    api::Check look_at_store();
    api::Check look_at_rotation() const;
    api::Check look_at_connectors() const;
    api::Check look_at_pool() const;

    const Parts parts_;
    std::atomic<Steady::time_point> last_round_ = Steady::now();
    std::mutex mutex_;  // of the two below
    std::optional<Steady::time_point> wrote_at_;
    api::Check store_{"store", api::CheckState::fine, ""};
};

}  // namespace custdkim
