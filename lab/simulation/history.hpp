// What happened in a world, in words: kept only where somebody will read it. Not thread-safe.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lab/simulation/true_time.hpp"

namespace custdkim::lab {

class History {
  public:
    explicit History(bool keeps) : keeps_(keeps) {}

    // `words` is called only if somebody wants to know.
    template <typename Words>
    void note(TrueTime at, Words words) {
        if (keeps_) lines_.push_back(show_true_time(at) + "  " + words());
    }

    const std::vector<std::string>& lines() const { return lines_; }

  private:
    bool keeps_;
    std::vector<std::string> lines_;
};

}  // namespace custdkim::lab
