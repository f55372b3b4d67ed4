// Makes what rotation says is due: takes the keys whose time has come, oldest due first, and commits one step
// of each, many keys in one transaction. Holds no facts of its own: what it remembers is when to look at
// which key again, and that can be thrown away at any time. Looks at customers' DNS go on beside all other
// steps; a key has one look under way at the most, and no other step meanwhile.
// One thread calls start() and work(); the rest is thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "keys/customer_dns.hpp"
#include "keys/due_queue.hpp"
#include "keys/ledger.hpp"
#include "keys/look_crew.hpp"
#include "keys/pair_workshop.hpp"
#include "keys/rotation_change.hpp"
#include "keys/visibility.hpp"

namespace custdkim {

using Plan =
    std::function<std::optional<Step>(const Key&, const RotationPolicy&, const ClockSteps&, Timestamp)>;

// What the rotation has done since the start, and what it has before it.
struct RotationFigures {
    std::array<std::uint64_t, action_count> made{};  // steps, by Action
    std::uint64_t failed = 0;                        // steps that the store refused, and that are made again
    std::size_t due = 0;                             // keys that are due, at most most_counted
    std::size_t waiting_for_pair = 0, waiting_for_look = 0, looks_under_way = 0;  // keys
    std::optional<Timestamp> oldest_due;  // when the first of all these was due
    std::optional<Timestamp> worked_at;   // the end of the last round of work(): it must not stay behind

    static constexpr std::size_t most_counted = 10000;  // a count of a million would hold up the rotation
};

class Rotator {
  public:
    // All that it works with outlives it.
    struct Parts {
        Store& store;
        Ledger& ledger;
        PairOrders& pairs;
        Visibility& visibility;
        CustomerDns& customer_dns;
        const Clock& clock;
        PolicyOf policy;
        std::function<Result<Bytes>(const Key&, const Pair&)> open_private_key;  // for Action::reveal
        Plan plan = next_step;              // another one in rehearsals only
        std::size_t looks_at_once = 0;      // threads for looks at customers' DNS; 0: work() looks itself
        std::function<void()> looked = {};  // work() has something to do: a look is over. On any thread
    };
    explicit Rotator(Parts parts);

    // Reads the clock's record, and notes a jump of the clock since. To be called before anything else.
    Result<void> start();

    // The key is new, has changed, or (without slots) is gone.
    void note(const Key& key);

    // Does what is due, at most `limit` steps, and tells when to call again; nothing if nothing is to come.
    // Starts the looks that are due, and keeps what those that are over have found.
    // What cannot be done now, for whatever reason, is logged and tried again later.
    std::optional<Timestamp> work(std::size_t limit = 1024);

    ClockSteps clock_steps() const;
    std::size_t backlog() const;  // keys that are due now, those with a look under way included
    RotationFigures figures() const;

    // When the step was or will be due that is to be made next.
    std::optional<Timestamp> oldest_due() const;

    // Waits for the looks that are under way, and forgets them. The last thing to be called.
    void end_looks();

    std::uint64_t steps_made() const;

  private:
    struct Task {
        Key key;
        Step step;
        Finds finds;
    };

    Result<void> read_clock();
    void add_waiting(std::vector<Task>& tasks, std::size_t limit);
    void add_due(std::vector<Task>& tasks, std::size_t limit);
    std::optional<Task> task_for(const std::string& id);
    void leave_queues(const std::string& id);
    bool add_pair(Task& task);
    void see(std::vector<Task>& tasks);
    void start_looks(std::size_t limit);
    bool start_look(Task& task);
    std::vector<Task> finished_looks();
    void reveal(std::vector<Task>& tasks);
    void withdraw(std::vector<Task>& tasks);
    void commit(std::vector<Task>& tasks);
    void tell_of_hold(const Task& task, Change& change) const;
    void tell_of_failures(const Change& change) const;
    void count(Action action) { ++made_[static_cast<std::size_t>(action)]; }
    void postpone(const std::string& id, Duration wait);

    Parts parts_;
    std::array<std::atomic<std::uint64_t>, action_count> made_{};  // steps, by Action
    std::atomic<std::uint64_t> failed_ = 0;
    mutable std::mutex mutex_;  // guards all below
    ClockRecord clock_;
    ClockRecord saved_clock_;
    std::optional<Timestamp> worked_at_;
    DueQueue queue_;
    std::map<KeyType, DueQueue> waiting_;             // for a pair
    std::array<DueQueue, look_ranks> waiting_looks_;  // for a thread that looks
    std::set<std::string> looks_under_way_;           // ids of keys, in no queue meanwhile
    std::unique_ptr<LookCrew> crew_;                  // last: its threads call back
};

}  // namespace custdkim
