// Checks R1-R10 after every event, from what it observes itself: what the name servers serve and since when,
// and what the store holds, read as plain facts; all in true time. It shares nothing with the engine: neither
// states nor inequalities nor plans. Not thread-safe.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "keys/key.hpp"
#include "keys/store.hpp"
#include "lab/simulation/fault_plan.hpp"
#include "lab/simulation/tally.hpp"
#include "lab/simulation/views.hpp"

namespace custdkim::lab {

// What must be waited for, in true time.
struct Needs {
    Duration interval{};            // between two moves of signing that nobody ordered
    Duration prepublish{};          // R2, on rotation
    Duration settle{};              // R2, in an emergency
    Duration retention{};           // R3
    Duration shortest_retention{};  // R3, in an emergency
    Duration verified_within{};     // R4
};

class Checker {
  public:
    // `tally` and `store` outlive it.
    Checker(std::uint64_t seed, Needs needs, std::size_t keys, Tally& tally, Store& store);

    // The world tells what happens, in the order in which it does.
    void served(std::size_t server, SlotNumber slot, Content before, Content after, TrueTime now);
    void published(Serial serial, bool changes_records, TrueTime now);
    void looked(const TrueLook& look, TrueTime now);
    void stored(Key after, TrueTime now);
    void erased(const Key& key, TrueTime now);
    void will_order(KeyNumber key, Order order);                  // it may be committed from now on
    void acknowledged(KeyNumber key, Order order, TrueTime now);  // it is (R10)
    void acknowledged_activation(KeyNumber key, TrueTime now);
    void restarted(TrueTime now);

  private:
    struct Served {
        Content content = absent;
        TrueTime since{};
    };
    struct LookSeen {
        TrueTime at = before_all;
        Outcome outcome = Outcome::unknown;
        bool is_new = false;  // the next commit of the key may tell of it
    };
    struct PassSeen {
        TrueTime at = before_all;
        Content seen = absent;
        bool was_right = false;
    };
    struct SlotSeen {
        std::array<Served, NameServers::count> served;
        LookSeen look;
        PassSeen pass;
    };
    struct PairSeen {
        bool is_signing = false, has_signed = false;
        TrueTime last_signature = before_all;
        bool given_up = false;  // on order
    };
    struct KeySeen {
        std::optional<Key> facts;
        Content signing = absent;
        bool has_signed = false;
        TrueTime cycle_start{};
        bool may_request = false, may_compromise = false, may_revoke = false;  // somebody ordered
        bool requested = false, compromised = false;  // ... it was stored, and signing has not moved yet
    };

    void violate(const char* invariant, KeyNumber key, TrueTime now, std::string what);
    void expect(bool holds, const char* invariant, KeyNumber key, TrueTime now, const char* what);
    bool expect_wait(const char* invariant, KeyNumber key, TrueTime now, Duration waited, Duration needed,
                     const std::string& what);

    // All facts but what looks found out.
    static bool same_but_for_looks(const Key& before, const Key& after);
    void check_orders(KeyNumber number, KeySeen& seen, const Key& after, TrueTime now);
    void check_signers(KeyNumber number, const Key& after, TrueTime now);
    void check_labels(KeyNumber number, const KeySeen& seen, const Key& after, TrueTime now);
    void check_facts(KeyNumber number, const Key& before, const Key& after, TrueTime now);
    void check_unknown(KeyNumber number, const Key& before, const Key& after, TrueTime now);
    void check_private_keys(KeyNumber number, const Key& after, TrueTime now);
    void check_move(KeyNumber number, KeySeen& seen, const Key& after, Content to, TrueTime now);
    void check_visible(KeyNumber number, const KeySeen& seen, SlotNumber slot, Content to, TrueTime now);
    void check_alias(KeyNumber number, const KeySeen& seen, std::size_t position, Content to, TrueTime now);
    PairSeen& pair(Content token);

    const std::uint64_t seed_;
    const Needs needs_;
    Tally& tally_;
    Store& store_;
    std::vector<KeySeen> keys_;
    std::vector<SlotSeen> slots_;
    std::vector<PairSeen> pairs_;  // by token
    std::unordered_set<std::string> labels_;
    std::optional<Serial> serial_;
};

}  // namespace custdkim::lab
