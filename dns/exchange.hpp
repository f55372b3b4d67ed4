// One question to one name server and what becomes of it, over UDP or TCP, by Asio: started and ended in the
// thread of its io_context. Not thread-safe; kept alive by its own operations until it has told its outcome.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "dns/message.hpp"
#include "dns/server_address.hpp"

namespace custdkim::dns {

class Exchange {
  public:
    using Outcome = std::function<void(Result<Answer>)>;

    struct Order {
        ServerAddress server;
        Question question;
        std::vector<std::uint8_t> wire;
        std::chrono::steady_clock::time_point deadline;
    };

    static std::shared_ptr<Exchange> over_udp(boost::asio::io_context& context, Order order, Outcome outcome);
    static std::shared_ptr<Exchange> over_tcp(boost::asio::io_context& context, Order order, Outcome outcome);
    virtual ~Exchange() = default;

    // Tells its outcome exactly once, perhaps before start() returns.
    virtual void start() = 0;
    // As if the deadline had come: with what was heard so far.
    virtual void stop() = 0;
};

}  // namespace custdkim::dns
