// What will happen in the world, earliest first; of events at the same second, the one that was put first.
// Not thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "lab/simulation/true_time.hpp"

namespace custdkim::lab {

enum class EventKind : std::uint8_t {
    create,      // a customer orders a key
    aliases,     // the customer publishes the CNAMEs
    activate,    // the operator tries to activate the key
    send,        // a message is signed
    deliver,     // a message arrives
    work,        // the rotator is due
    transfer,    // a name server asks the primary for news
    refresh,     // the same, by its timer
    fault,       // a fault of the plan begins ...
    fault_over,  // ... and ends
    start,       // the daemon starts
    look_again,  // the operator repeats an order that could not be taken
};

struct Happening {
    TrueTime at{};
    std::uint64_t order = 0;
    EventKind kind = EventKind::work;
    std::uint32_t subject = 0;  // key, message, server or fault
};

class EventQueue {
  public:
    void put(TrueTime at, EventKind kind, std::uint32_t subject = 0) {
        heap_.push_back({at, ++order_, kind, subject});
        std::push_heap(heap_.begin(), heap_.end(), later);
    }
    Happening take() {
        std::pop_heap(heap_.begin(), heap_.end(), later);
        const Happening first = heap_.back();
        heap_.pop_back();
        return first;
    }
    bool empty() const { return heap_.empty(); }

  private:
    static bool later(const Happening& a, const Happening& b) {
        return a.at != b.at ? a.at > b.at : a.order > b.order;
    }

    std::vector<Happening> heap_;
    std::uint64_t order_ = 0;
};

}  // namespace custdkim::lab
