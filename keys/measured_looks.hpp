// Looks at customers' DNS, timed and counted by what they found. Thread-safe, as what it stands before.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "base/latency.hpp"
#include "keys/customer_dns.hpp"

namespace custdkim {

inline constexpr std::size_t outcome_count = 3;

class MeasuredLooks final : public CustomerDns {
  public:
    explicit MeasuredLooks(std::unique_ptr<CustomerDns> inner) : inner_(std::move(inner)) {}

    SlotLook look(const Key& key, const Slot& slot) override {
        const Stopwatch watch;
        SlotLook found = inner_->look(key, slot);
        took_.add(watch.elapsed());
        ++found_[static_cast<std::size_t>(found.finding.outcome)];
        return found;
    }

    std::uint64_t found(Outcome outcome) const { return found_[static_cast<std::size_t>(outcome)]; }
    Latency::Reading took() const { return took_.read(); }

  private:
    const std::unique_ptr<CustomerDns> inner_;
    Latency took_;
    std::array<std::atomic<std::uint64_t>, outcome_count> found_{};
};

}  // namespace custdkim
