// Makes what rotation says is due: takes the keys whose time has come, oldest due first, and commits one step
// of each, many keys in one transaction. Holds no facts of its own: what it remembers between two calls is
// when to look at which key again, and that can be thrown away at any time.
// work() is called by one thread; the rest is thread-safe.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "keys/customer_dns.hpp"
#include "keys/ledger.hpp"
#include "keys/pair_workshop.hpp"
#include "keys/rotation_change.hpp"
#include "keys/sealing.hpp"
#include "keys/visibility.hpp"

namespace custdkim {

// The policies of the key zones.
using PolicyOf = std::function<const RotationPolicy&(const dns::Name& zone)>;

class Rotator {
  public:
    // All that it works with outlives it. `plan` is next_step(), unless a rehearsal says otherwise.
    struct Parts {
        Store& store;
        Ledger& ledger;
        PairOrders& pairs;
        Visibility& visibility;
        CustomerDns& customer_dns;
        const Clock& clock;
        PolicyOf policy;
        std::function<Result<Bytes>(const Key&, const Pair&)> open_private_key;  // for `reveal`
        std::function<std::optional<Step>(const Key&, const RotationPolicy&, const ClockSteps&, Timestamp)>
            plan = next_step;
    };
    explicit Rotator(Parts parts);

    // Reads the clock's record, and notes a jump of the clock since. To be called before anything else.
    Result<void> start();

    // The key is new, or has changed, or is gone.
    void note(const Key& key);

    // Does what is due, at most `limit` steps, and tells when to call again; nothing if nothing is to come.
    Result<std::optional<Timestamp>> work(std::size_t limit = 256);

    ClockSteps clock_steps() const;
    std::size_t backlog() const;  // keys that are due now

  private:
    struct Task {
        Key key;
        Step step;
    };

    Result<void> read_clock();
    std::vector<std::string> due_keys(std::size_t limit) const;
    void schedule(const std::string& id, std::optional<Timestamp> due);
    void postpone(const Key& key, Duration wait);
    void see(std::vector<Task>& tasks, std::vector<Change>& changes);
    bool add_change(Task& task, std::vector<Change>& changes);
    Result<void> withdraw(const Task& task);
    Result<void> commit(std::vector<Change>& changes);

    Parts parts_;
    mutable std::mutex mutex_;  // guards all below
    ClockRecord clock_;
    std::set<std::pair<Timestamp, std::string>> queue_;
    std::unordered_map<std::string, Timestamp> due_;
};

}  // namespace custdkim
