// Several handlers behind one Server, each with a part of the paths. Thread-safe where they are.
#pragma once

#include <string>
#include <vector>

#include "http/request_handler.hpp"

namespace custdkim::http {

struct Mount {
    std::string path;  // "/lab": that, and all below it; "/": only that
    const RequestHandler* handler = nullptr;
};

class Mounts final : public RequestHandler {
  public:
    // The first mount that fits has the request; `rest` those that none fits, and what could not even be
    // read. All handlers outlive it.
    Mounts(std::vector<Mount> mounts, const RequestHandler& rest) : mounts_(std::move(mounts)), rest_(rest) {}

    Response handle(const Request& request) const noexcept override;
    std::size_t max_body(const Request& head) const override;
    std::unique_ptr<BodySink> open_sink(const Request& head) const noexcept override;
    bool takes_long(const Request& head) const override;
    Response refuse(unsigned status, std::string_view reason, const Request& head) const override;

  private:
    const RequestHandler& handler_for(const Request& request) const;

    const std::vector<Mount> mounts_;
    const RequestHandler& rest_;
};

}  // namespace custdkim::http
