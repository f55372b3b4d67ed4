// Looks at customers' DNS on threads of their own: a look may take as long as the slowest name server, and
// the steps of other keys must not wait for that. The less a look is urgent, the fewer threads it may have,
// so that customers who do not answer leave some to those who do. Thread-safe.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "keys/customer_dns.hpp"
#include "keys/rotation.hpp"

namespace custdkim {

// How urgent a look is. What did not pass the last time comes last: it may take long.
enum class LookRank { for_a_switch, of_the_watch, of_who_did_not_pass };
inline constexpr std::size_t look_ranks = 3;

LookRank rank_of(const Key& key, const Step& step);

struct KeyLook {
    Key key;
    Step step;
    SlotLook found = {};
};

class LookCrew {
  public:
    // `customer_dns` outlives it. Without threads, start() looks itself. `done` is called behind each look,
    // on its thread.
    LookCrew(CustomerDns& customer_dns, std::size_t threads, std::function<void()> done);

    // Ends the looks that are under way: waits for them.
    ~LookCrew();
    LookCrew(const LookCrew&) = delete;
    LookCrew& operator=(const LookCrew&) = delete;

    bool has_room(LookRank rank) const;

    // Only where there is room.
    void start(KeyLook look);

    // Those that are over, each given out once.
    std::vector<KeyLook> collect();

  private:
    void run(const std::stop_token& stop);

    CustomerDns& customer_dns_;
    const std::size_t size_;
    const std::function<void()> done_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<KeyLook> wanted_;
    std::vector<KeyLook> over_;
    std::array<std::size_t, look_ranks> under_way_{};
    std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace custdkim
