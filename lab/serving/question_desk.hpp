// A question's way through the server, whatever carried it: to the handler, or to a worker that asks the
// handler, then perhaps to the timer, and back. Thread-safe.
#pragma once

#include <functional>

#include "lab/serving/delay_line.hpp"
#include "lab/serving/dns_handler.hpp"
#include "lab/serving/workers.hpp"

namespace custdkim::lab {

// Carries the reply back to the client; called once, in any thread. It must not wait.
using SendReply = std::function<void(Reply)>;

class QuestionDesk {
  public:
    QuestionDesk(DnsHandler& handler, unsigned workers, std::size_t max_waiting)
        : handler_(handler), delay_line_(max_waiting), workers_(workers, max_waiting) {}

    // The query's octets need not outlive the call.
    void take(const DnsQuery& query, SendReply send);

  private:
    void deliver(Reply reply, const SendReply& send);

    DnsHandler& handler_;
    DelayLine delay_line_;
    Workers workers_;  // ends first: workers deliver
};

}  // namespace custdkim::lab
