// The mail of a simulated world: signed with the pair that production would sign with, under way for up to
// five days (a heavy tail), verified by receivers behind caches; and whose fault it is if that fails.
// Not thread-safe.
#pragma once

#include <map>
#include <vector>

#include "lab/simulation/caches.hpp"
#include "lab/simulation/event_queue.hpp"
#include "lab/simulation/history.hpp"
#include "lab/simulation/key_book.hpp"
#include "lab/simulation/tally.hpp"
#include "lab/simulation/views.hpp"

namespace custdkim::lab {

struct MailSettings {
    std::uint64_t seed = 1;
    std::size_t keys = 0;
    double messages_per_day = 1;
    Duration transit{};
    Duration verified_within{};        // how late a look must have told us that a CNAME is wrong ...
    Duration customer_negative_ttl{};  // ... and how long caches may remember that it was missing
    Duration co_signs_for{};           // the pair that signed before signs beside the new one
};

class Mail {
  public:
    // All but the settings outlive it.
    struct Parts {
        const Caches& caches;
        const SimulatedCustomers& customers;
        KeyBook& book;
        EventQueue& queue;
        Tally& tally;
        History& history;
    };
    Mail(MailSettings settings, Parts parts);

    // The first message of the key, and from then on at random.
    void begin(KeyNumber key, TrueTime now);
    void send(KeyNumber key, TrueTime now, bool can_sign);
    void deliver(std::uint32_t message, TrueTime now);

    // The moments that matter most: the last message of the pair that goes, the first of the one that comes.
    void signing_moved(KeyNumber key, const Move& move, TrueTime now);
    void looked(const TrueLook& look, TrueTime now);

  private:
    struct Message {
        TrueTime signed_at{};
        KeyNumber key = 0;
        Content pair = absent;
        Age age = Age::any;
        Content beside = absent;  // the pair of a second signature
    };
    // Why a message could not be verified.
    enum class Trouble : std::uint8_t {
        none,
        unreachable,
        no_alias,
        wrong_alias,
        no_record,
        revoked_record,
        other_pair
    };

    void put(Message message, Duration delay);
    Trouble verify(const Message& message, Content pair, TrueTime now);
    Blame blame(const Message& message, Trouble trouble) const;
    void lose(const Message& message, Trouble trouble, TrueTime now);
    static const char* words(Trouble trouble);

    const MailSettings settings_;
    Parts parts_;
    std::vector<Chance> chances_;  // of each key
    std::vector<Message> messages_;
    std::vector<std::uint32_t> free_;
    std::vector<TrueTime> failed_looks_;  // the last one of each slot
    // By pair: since when it signs although its CNAME was known to be wrong; `never` if it was not.
    std::vector<TrueTime> reckless_since_;
    struct Exposure {
        TrueTime first{}, last{};
    };
    std::map<Content, Exposure> exposures_;
};

}  // namespace custdkim::lab
