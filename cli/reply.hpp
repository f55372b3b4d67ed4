// What the service answered to a verb: a JSON document, or a refusal. And how refusals are told: a sentence
// on stderr and, with --json, a problem document (RFC 9457) on stdout, the API's or one like it.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "cli/api_client.hpp"
#include "cli/outcome.hpp"

namespace custdkim::cli {

// The document; or a refusal, which nobody has been told of.
struct Reply {
    std::optional<nlohmann::ordered_json> document;
    int exit = Exit::done;
    nlohmann::ordered_json refusal = nullptr;  // the problem document, if the service sent one
    std::string sentence = {};                 // of the refusal
};

// What the service answered, read.
Reply read_reply(const ApiAccess& access, const ApiAnswer& answer);

Reply ask(const ApiAccess& access, std::string_view method, std::string_view path, std::string_view body = {},
          std::string_view type = "application/json");

// The service's problem document, or one like it, without a status where there was no HTTP.
nlohmann::ordered_json problem_of(const Reply& refusal);

// Tell a refusal, and return its exit code.
int refuse(const Reply& refusal, bool json);
int fail(Exit code, std::string_view sentence, bool json);
int fail(const Error& error, bool json);

constexpr auto lenient = nlohmann::ordered_json::error_handler_t::replace;  // any octets may come in

void print_json(const nlohmann::ordered_json& document);

}  // namespace custdkim::cli
