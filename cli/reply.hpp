// What the service answered to a verb: a JSON document, or a refusal, which is told on stderr.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "cli/api_client.hpp"
#include "cli/outcome.hpp"

namespace custdkim::cli {

// The document; or the exit code of a refusal that has been told.
struct Reply {
    std::optional<nlohmann::ordered_json> document;
    int exit = Exit::done;
    nlohmann::ordered_json refusal = nullptr;  // the problem document, if the service sent one
    std::string sentence = {};                 // of the refusal
};

// What the service answered, read.
Reply read_reply(const ApiAccess& access, const ApiAnswer& answer);

// Tells nothing.
Reply ask_quietly(const ApiAccess& access, std::string_view method, std::string_view path,
                  std::string_view body = {}, std::string_view type = "application/json");

Reply ask(const ApiAccess& access, std::string_view method, std::string_view path, std::string_view body = {},
          std::string_view type = "application/json");

constexpr auto lenient = nlohmann::ordered_json::error_handler_t::replace;  // any octets may come in

void print_json(const nlohmann::ordered_json& document);

}  // namespace custdkim::cli
