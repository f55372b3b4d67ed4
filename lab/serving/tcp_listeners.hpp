// DNS over TCP (RFC 7766): questions follow each other on a connection, answers go out as they come.
// Boost.Asio, confined to tcp_listeners.cpp. One thread for all connections; who stalls is cut off.
#pragma once

#include <chrono>
#include <memory>

#include "lab/serving/listening_sockets.hpp"
#include "lab/serving/question_desk.hpp"

namespace custdkim::lab {

struct TcpLimits {
    std::size_t max_connections = 256;
    std::chrono::milliseconds idle_time{10000};
};

class TcpListeners {
  public:
    // Takes the sockets for TCP. The desk outlives it.
    TcpListeners(ListeningSockets& sockets, QuestionDesk& desk, TcpLimits limits);
    ~TcpListeners();  // replies that come later go nowhere

    // Where replies go; lives on for as long as there may be any.
    class Engine;

  private:
    std::shared_ptr<Engine> engine_;
};

}  // namespace custdkim::lab
