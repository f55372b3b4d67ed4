// How many messages each key signed in which hour: what an operator is told who is about to make the mail
// under way unverifiable. Kept in memory only, and gone after a restart. Thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"

namespace custdkim {

class SignatureCounts {
  public:
    // Hours that ended longer ago than `kept` are forgotten.
    explicit SignatureCounts(Duration kept) : kept_(kept) {}

    void add(const std::string& key_id, Timestamp now);

    // The whole hour in which `since` falls is counted: rather too many than too few.
    std::uint64_t since(const std::string& key_id, Timestamp since) const;

  private:
    struct Hour {
        std::int32_t number = 0;  // since 1970
        std::uint32_t count = 0;
    };

    void forget_before(std::int32_t hour);

    const Duration kept_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, std::vector<Hour>> hours_;  // by key; a key that is idle has none
    std::int32_t current_ = 0;
};

}  // namespace custdkim
