// GET /metrics without a token, for a listener of its own: `[metrics] listen`. Nothing of a customer is in
// the metrics, but for how many of them there are. Thread-safe.
#pragma once

#include "http/request_handler.hpp"
#include "metrics/sources.hpp"

namespace custdkim::metrics {

class ScrapeHandler final : public http::RequestHandler {
  public:
    explicit ScrapeHandler(const Sources& sources) : sources_(sources) {}

    http::Response handle(const http::Request& request) const noexcept override;
    std::size_t max_body(const http::Request&) const override { return 0; }
    http::Response refuse(unsigned status, std::string_view reason, const http::Request& head) const override;

  private:
    const Sources& sources_;
};

}  // namespace custdkim::metrics
