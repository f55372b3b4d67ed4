// The HTTP API that controls the lab: customers, misconfigurations, the log of questions, the cache, the
// clock. One table row per route (lab/serving/control.cpp); JSON, problem documents and the bearer token as
// in custdkim's own API. Thread-safe.
#pragma once

#include "http/request_handler.hpp"
#include "keys/secret.hpp"
#include "lab/serving/customer_orders.hpp"
#include "lab/serving/lab_clock.hpp"
#include "lab/serving/query_log.hpp"

namespace custdkim::lab {

class Control final : public http::RequestHandler {
  public:
    // All of it outlives the router.
    struct Parts {
        CustomerOrders& customers;
        const Catalogue& catalogue;
        const Internet& internet;
        Resolver& resolver;
        QueryLog& log;
        LabClock& clock;
        std::uint16_t authority_port = 0;  // 0: the name servers of the fake internet have no sockets
    };

    Control(Parts parts, SecretBytes token) : parts_(parts), token_(std::move(token)) {}

    http::Response handle(const http::Request& request) const noexcept override;
    std::size_t max_body(const http::Request& head) const override;
    http::Response refuse(unsigned status, std::string_view reason, const http::Request& head) const override;

    struct Context {
        const Parts& parts;
        const http::Request& request;
        std::string argument;  // what stood for {id}
    };

  private:
    const Parts parts_;
    const SecretBytes token_;
};

}  // namespace custdkim::lab
