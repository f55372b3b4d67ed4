// The transactions of a connector whose requests come one by one, over HTTP: found again by the number that
// PowerDNS gives them, the time of day in seconds. Two may have the same; a change that was refused in one of
// them then fails the commit of both. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "backend/methods.hpp"

namespace custdkim::backend {

class OpenTransactions {
  public:
    // Runs `step` on the transaction of that number, alone; a new one if there is none.
    template <typename Step>
    void in(std::int64_t number, Step step) {
        const std::lock_guard lock(mutex_);
        const Transaction before = find(number);
        Transaction transaction = before;
        step(transaction);
        transaction.was_refused |= before.was_refused;  // though another of this number began
        put(number, transaction);
    }

  private:
    // Nobody ends what PowerDNS forgets: beyond these, the oldest go.
    static constexpr std::size_t max_open = 1000;

    Transaction find(std::int64_t number) const {
        const auto found = open_.find(number);
        return found == open_.end() ? Transaction() : found->second;
    }

    void put(std::int64_t number, const Transaction& transaction) {
        if (!transaction.is_open) {
            open_.erase(number);
            return;
        }
        open_[number] = transaction;
        if (open_.size() > max_open) open_.erase(open_.begin());
    }

    std::mutex mutex_;
    std::map<std::int64_t, Transaction> open_;
};

}  // namespace custdkim::backend
