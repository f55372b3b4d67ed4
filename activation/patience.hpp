// How much time is left of a deadline. I/O alone: nothing is decided by it but when to stop asking. A value.
#pragma once

#include <algorithm>
#include <chrono>

namespace custdkim::activation {

class Patience {
  public:
    explicit Patience(std::chrono::milliseconds deadline)
        : end_(std::chrono::steady_clock::now() + deadline) {}

    // Of what is left at most this much; never nothing, so that an answer that is there is read.
    std::chrono::milliseconds at_most(std::chrono::milliseconds wish) const {
        const auto left = end_ - std::chrono::steady_clock::now();
        return std::clamp(std::chrono::duration_cast<std::chrono::milliseconds>(left),
                          std::chrono::milliseconds(1), wish);
    }
    bool is_over() const { return std::chrono::steady_clock::now() >= end_; }

  private:
    std::chrono::steady_clock::time_point end_;
};

}  // namespace custdkim::activation
