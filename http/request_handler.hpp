// What a Server hands requests to. Called from several threads at once.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "http/body_sink.hpp"
#include "http/message.hpp"

namespace custdkim::http {

class RequestHandler {
  public:
    virtual ~RequestHandler() = default;

    // Never throws: what goes wrong becomes a response.
    virtual Response handle(const Request& request) const noexcept = 0;

    // How many octets of a body are read after this head.
    virtual std::size_t max_body(const Request& head) const = 0;

    // What takes the body behind this head, if it is a large one, and makes the response instead of handle().
    // nullptr: nobody does. The head outlives the sink, which never throws.
    virtual std::unique_ptr<BodySink> open_sink(const Request&) const noexcept { return nullptr; }

    // Whether handle() may take seconds for this head, since it waits for others: such requests have threads
    // of their own, so that nobody else waits for them.
    virtual bool takes_long(const Request&) const { return false; }

    // The response to what the server refuses itself, in the form that clients of this handler expect: 400
    // what is not HTTP, 413 a body beyond max_body(), 431 a large header, 503 more than it can do at once.
    // The head is empty for 400 and 431.
    virtual Response refuse(unsigned status, std::string_view reason, const Request& head) const = 0;
};

}  // namespace custdkim::http
