#include "metrics/scrape_handler.hpp"

#include "api/handling.hpp"
#include "api/problem.hpp"
#include "base/log.hpp"
#include "metrics/exposition.hpp"

namespace custdkim::metrics {

http::Response ScrapeHandler::handle(const http::Request& request) const noexcept {
    try {
        if (request.path != "/metrics") {
            return api::problem(404, "no-such-path", "there is nothing here but /metrics");
        }
        if (request.method != "GET" && request.method != "HEAD") {
            return api::problem(405, "no-such-method", "metrics can be read only: use GET");
        }
        return api::metrics_response(exposition(sources_));
    } catch (const std::exception& exception) {
        log_error("the metrics could not be told", {{"reason", exception.what()}});
        return {500, "text/plain", "", {}};
    }
}

http::Response ScrapeHandler::refuse(unsigned status, std::string_view reason, const http::Request&) const {
    return api::problem(status, status == 400 ? "malformed" : "too-large", reason);
}

}  // namespace custdkim::metrics
