// The web console: the files of api/console, built into the program, at /console/. They are served without a
// token, since nothing in them is secret: all that they show they ask of the API, as any client does. Their
// paths carry their version, so that a browser keeps them until there are others. Thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "http/request_handler.hpp"

namespace custdkim::api {

class Console final : public http::RequestHandler {
  public:
    struct Surroundings {
        bool has_lab =
            false;  // the lab's control API answers under /lab of the same address: there is a page for it
        bool needs_token = true;  // else nobody is asked for one
    };
    explicit Console(const Surroundings& surroundings);

    // Also answers "/", by leading to /console/.
    http::Response handle(const http::Request& request) const noexcept override;
    std::size_t max_body(const http::Request&) const override { return 0; }
    http::Response refuse(unsigned status, std::string_view reason, const http::Request& head) const override;

  private:
    http::Response page(const http::Request& request) const;

    std::string version_;
    std::string index_, about_;
    std::map<std::string, std::string_view, std::less<>> files_;  // by what stands behind /console/
};

}  // namespace custdkim::api
