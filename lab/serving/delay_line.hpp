// Does things later, by a steady clock, in the order they are due. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace custdkim::lab {

class DelayLine {
  public:
    explicit DelayLine(std::size_t max_waiting);
    ~DelayLine();  // what is not due yet is dropped

    // False: too much is waiting already. The task runs in the line's own thread: it must not wait.
    bool after(std::chrono::milliseconds delay, std::function<void()> task);

  private:
    void run();

    const std::size_t max_waiting_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::multimap<std::chrono::steady_clock::time_point, std::function<void()>> tasks_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace custdkim::lab
