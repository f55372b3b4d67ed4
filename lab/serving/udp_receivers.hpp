// Threads that take datagrams from all sockets, and hand them to the desk. Replies go out from whatever
// thread brings them.
#pragma once

#include <thread>
#include <vector>

#include "base/descriptor.hpp"
#include "lab/serving/listening_sockets.hpp"
#include "lab/serving/question_desk.hpp"

namespace custdkim::lab {

class UdpReceivers {
  public:
    // Both outlive it.
    UdpReceivers(const ListeningSockets& sockets, QuestionDesk& desk, unsigned threads);
    ~UdpReceivers();

  private:
    void run();
    void receive(const ListeningSockets::Pair& pair);

    const ListeningSockets& sockets_;
    QuestionDesk& desk_;
    const Descriptor stop_;  // an eventfd that is never read: it wakes all threads
    std::vector<std::thread> threads_;
};

}  // namespace custdkim::lab
