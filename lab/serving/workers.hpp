// Threads that do what may take a while, in the order it came. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace custdkim::lab {

class Workers {
  public:
    Workers(unsigned threads, std::size_t max_waiting);
    ~Workers();  // waits for what is being done; what has not been begun is dropped

    // False: too much is waiting already.
    bool post(std::function<void()> task);

  private:
    void run();

    const std::size_t max_waiting_;
    std::mutex mutex_;
    std::condition_variable came_;
    std::deque<std::function<void()>> tasks_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace custdkim::lab
