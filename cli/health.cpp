#include "cli/health.hpp"

#include <iostream>

#include "cli/outcome.hpp"
#include "cli/reply.hpp"

namespace custdkim::cli {

namespace {

constexpr long answer_seconds = 5;  // it costs nothing: who takes longer is not well

}  // namespace

int health(const HealthOptions& options) {
    const Reply reply = ask({options.url, "", answer_seconds, options.ca_file}, "GET", "/v1/health");
    if (!reply.document) return refuse(reply, options.json);
    const auto status = reply.document->find("status");
    if (status == reply.document->end() || *status != "serving") {
        return fail(Exit::no, "what answers at " + options.url + " does not say that it serves; check --api",
                    options.json);
    }
    if (options.json) {
        print_json(*reply.document);
    } else {
        std::cout << options.url << " serves" << std::endl;
    }
    return Exit::done;
}

}  // namespace custdkim::cli
