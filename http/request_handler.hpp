// What a Server hands requests to. Called from several threads at once.
#pragma once

#include <cstddef>
#include <string_view>

#include "http/message.hpp"

namespace custdkim::http {

class RequestHandler {
  public:
    virtual ~RequestHandler() = default;

    // Never throws: what goes wrong becomes a response.
    virtual Response handle(const Request& request) const noexcept = 0;

    // How many octets of a body are read after this head.
    virtual std::size_t max_body(const Request& head) const = 0;

    // The response to what the server refuses itself, in the form that clients of this handler expect: 400
    // what is not HTTP, 413 a body beyond max_body(), 431 a large header. The head is empty unless it is 413.
    virtual Response refuse(unsigned status, std::string_view reason, const Request& head) const = 0;
};

}  // namespace custdkim::http
