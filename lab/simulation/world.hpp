// A simulated world: keys, customers, name servers, receivers and operators around the production engine, and
// everything that goes wrong with them. Discrete events in true time; the same settings and faults, the same
// world. One thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/random.hpp"
#include "lab/simulation/checker.hpp"
#include "lab/simulation/daemon.hpp"
#include "lab/simulation/fault_plan.hpp"
#include "lab/simulation/faulty_store.hpp"
#include "lab/simulation/mail.hpp"
#include "lab/simulation/mutation.hpp"
#include "lab/simulation/peer_planner.hpp"
#include "lab/simulation/world_clock.hpp"

namespace custdkim::lab {

// When a world ends, if not before.
enum class Stop : std::uint8_t {
    end,
    trouble,  // the first violation, or message lost through our fault
    loss,     // the first such message
};

struct WorldSettings {
    WorldSize size;
    double messages_per_day = 1;
    RotationPolicy policy;
    std::optional<PeerPolicy> peer;  // plans instead of our engine
    Mutation mutation = Mutation::none;
    std::optional<std::vector<KeyNumber>> only_keys;  // the others are never ordered
    TrueTime ends_at = never;                         // if before its length
    bool keeps_history = false;
    Stop stops_at = Stop::end;
    std::function<void(TrueTime)> progress;  // called about once a simulated day
};

class World final : private StoreObserver {
  public:
    World(WorldSettings settings, std::vector<Fault> plan);
    ~World() override;

    Tally run();
    const History& history() const { return history_; }

  private:
    struct Activation {
        bool has_aliases = false;  // the customer published them once
        bool is_wanted = false;
        unsigned attempts = 0;
    };

    void put_first_events();
    void happen(const Happening& event);
    void stored(Key key) override;
    void erased(const Key& key) override;
    void note_record(std::size_t server, SlotNumber slot, Content content);
    void follow(KeyNumber key, const std::optional<Move>& move);

    // daemon_life.cpp: the daemon starts, works, ends.
    void start_daemon();
    void stop_daemon(Duration for_how_long);
    // Calls into the daemon. Where it is killed, it is gone, and what it held in memory with it.
    template <typename Work>
    void in_daemon(Work work_on) {
        if (!daemon_) return;
        try {
            work_on(*daemon_);
        } catch (const Killed&) {
            note([] { return std::string("the daemon is killed at a commit"); });
            stop_daemon(down_after_kill_);
        }
    }
    void work();
    void plan_work(TrueTime at);
    void published(const Publication& publication);
    void transfer(std::size_t server);

    // operators.cpp: what people do.
    void create_key(KeyNumber key);
    void publish_aliases(KeyNumber key);
    void activate(KeyNumber key);
    void give_order(std::uint32_t fault);
    std::optional<Errc> carry_out(Order order, KeyNumber key);

    // fault_effects.cpp: what goes wrong.
    void begin_fault(std::uint32_t index);
    void end_fault(std::uint32_t index);
    void change_aliases(const Fault& fault, bool restore);
    void step_clock(Duration by);
    std::function<bool(SlotNumber)> some_slots(std::uint32_t fault) const;

    template <typename Words>
    void note(Words words) {
        history_.note(now(), words);
    }
    TrueTime now() const { return clock_.true_now(); }

    const WorldSettings settings_;
    const std::vector<Fault> plan_;
    const Plan rotation_plan_;
    Tally tally_;
    History history_;
    EventQueue queue_;
    WorldClock clock_;
    NameServers servers_;
    SimulatedCustomers customers_;
    KeyBook book_;
    Caches caches_;
    Mail mail_;
    TokenPairs pairs_;
    std::unique_ptr<Random> random_;
    std::unique_ptr<Store> store_;
    Checker checker_;
    FaultyStore faulty_store_;
    SimulatedVisibility visibility_;
    SimulatedCustomerDns customer_dns_;
    BlindCustomerDns blind_customer_dns_;
    Primary primary_;
    std::unique_ptr<Daemon> daemon_;

    Chance chance_;
    TrueTime next_work_ = never;
    TrueTime down_until_{};
    Duration down_after_kill_{};
    bool boots_at_start_ = false;
    bool has_unread_step_ = false;  // of the clock
    std::uint32_t works_this_second_ = 0;
    std::array<bool, NameServers::count> transfer_is_due_{};
    std::vector<Activation> activations_;
};

}  // namespace custdkim::lab
