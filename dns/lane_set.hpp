// The lanes that questions are asked in (dns/lane.hpp): the first that knows nothing about the customer, else
// a new one. Few serve thousands of customers, since each customer is asked about a few times only. A lane
// serves for half a minute. Lives in the thread of its event base.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "dns/lane.hpp"

namespace custdkim::dns {

class LaneSet {
  public:
    // `base` and `settings` outlive it.
    LaneSet(event_base* base, const LaneSettings& settings, std::size_t most)
        : base_(base), settings_(settings), most_(most) {}

    // Counts the question as under way in it. A lane of its own is shared with nobody who came before.
    Lane& enter(const Name& name, bool of_its_own);
    // The reverse. Not from within Lane::Asker::answered().
    void leave(Lane& lane);

    std::size_t size() const { return lanes_.size(); }

  private:
    void drop_old();

    event_base* base_;
    const LaneSettings& settings_;
    const std::size_t most_;  // kept; more only as long as all are in use
    std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace custdkim::dns
