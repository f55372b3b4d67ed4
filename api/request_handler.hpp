// What an HttpServer hands requests to. Called from several threads at once.
#pragma once

#include <cstddef>

#include "api/http.hpp"

namespace custdkim::api {

class RequestHandler {
  public:
    virtual ~RequestHandler() = default;

    // Never throws: what goes wrong becomes a problem document.
    virtual Response handle(const Request& request) const noexcept = 0;

    // How many octets of a body are read after this head, and the answer where there are more.
    virtual std::size_t max_body(const Request& head) const = 0;
    virtual Response refuse_body(const Request& head) const = 0;
};

}  // namespace custdkim::api
