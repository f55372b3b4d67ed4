#include "lab/control_commands.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

#include "api/http_client.hpp"
#include "lab/refusal.hpp"

namespace custdkim::lab {

using nlohmann::ordered_json;

namespace {

constexpr auto lenient = ordered_json::error_handler_t::replace;  // any octets may come in

std::string text_of(const ordered_json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string path_of(const ControlOptions& options) {
    return "/v1/customers/" + api::encode_segment(options.domain);
}

// Asks, and prints the answer as it is or as `tell` puts it.
template <typename Tell>
int ask_and_tell(const ControlOptions& options, std::string_view method, const std::string& path,
                 const std::string& body, Tell tell) {
    const LabReply reply = ask_lab(options.access, method, path, body);
    if (!reply.document) return reply.exit;
    if (options.access.json) {
        std::cout << reply.document->dump(2, ' ', false, lenient) << std::endl;
    } else {
        tell(*reply.document);
        std::cout << std::flush;
    }
    return Exit::done;
}

std::string heading(const ordered_json& customer) {
    return text_of(customer, "domain") + ": " + text_of(customer, "misconfiguration") + " (flavour " +
           text_of(customer, "flavour") + (customer.value("replaced", false) ? ", records replaced" : "") +
           "), since " + text_of(customer, "since") + "\n";
}

void tell_customer(const ordered_json& customer) {
    std::cout << heading(customer);
    for (std::size_t i = 0; i < 2; ++i) {
        std::cout << "  " << customer.at("selectors").at(i).get<std::string>() << "._domainkey."
                  << text_of(customer, "domain") << ". ought to be a CNAME to "
                  << customer.at("targets").at(i).get<std::string>() << ".\n";
    }
    if (const std::string cause = text_of(customer, "cause"); !cause.empty()) {
        std::cout << "Cause: " << cause << "\nFix: " << text_of(customer, "fix") << "\n";
    }
}

std::string keep_cache_body(const ControlOptions& options) {
    return options.keep_cache ? R"({"keep_cache": true})" : "";
}

std::string query_string(const ControlOptions& options) {
    std::string text;
    if (options.name) text += "?name=" + api::encode_segment(*options.name);
    if (options.limit) text += (text.empty() ? "?limit=" : "&limit=") + std::to_string(*options.limit);
    return text;
}

void tell_query(const ordered_json& query) {
    std::cout << text_of(query, "at") << "  " << text_of(query, "face") << " < " << text_of(query, "client")
              << " " << text_of(query, "transport") << (query.value("edns", false) ? "+edns" : "") << "  ";
    if (query.at("name").is_null()) {
        std::cout << "(not a question)";
    } else {
        std::cout << text_of(query, "name") << " " << text_of(query, "type");
    }
    std::cout << "  -> " << text_of(query, "answer") << "\n";
}

}  // namespace

int set_customer(const ControlOptions& options) {
    ordered_json body = {{"misconfiguration", options.misconfiguration}, {"keep_cache", options.keep_cache}};
    if (options.flavour) body["flavour"] = *options.flavour;
    if (options.key) body["key"] = *options.key;
    if (!options.selectors.empty()) body["selectors"] = options.selectors;
    if (!options.targets.empty()) body["targets"] = options.targets;
    if (!options.zone_file.empty()) {
        std::ifstream stream(options.zone_file, std::ios::binary);
        if (!stream)
            return fail(Exit::wrong, "the zone " + options.zone_file.string() + " cannot be read",
                        options.access.json);
        body["zone"] = std::string(std::istreambuf_iterator<char>(stream), {});
        body["zone_name"] = options.zone_file.string();
    }
    return ask_and_tell(options, "PUT", path_of(options), body.dump(-1, ' ', false, lenient), tell_customer);
}

int fix_customer(const ControlOptions& options) {
    return ask_and_tell(options, "POST", path_of(options) + "/fix", keep_cache_body(options), tell_customer);
}

int remove_customer(const ControlOptions& options) {
    return ask_and_tell(
        options, "DELETE", path_of(options), keep_cache_body(options), [](const ordered_json& answer) {
            std::cout << text_of(answer, "domain")
                      << (answer.value("removed", false) ? " is removed\n" : " was no customer\n");
        });
}

int show_customer(const ControlOptions& options) {
    return ask_and_tell(options, "GET", path_of(options), "", [](const ordered_json& customer) {
        tell_customer(customer);
        const std::string zone = text_of(customer, "zone");
        std::cout << "\n" << zone << (zone.empty() || zone.back() == '\n' ? "" : "\n");
    });
}

int list_customers(const ControlOptions& options) {
    return ask_and_tell(options, "GET", "/v1/customers", "", [](const ordered_json& answer) {
        for (const auto& customer : answer.at("customers")) std::cout << heading(customer);
    });
}

int show_clock(const ControlOptions& options) {
    return ask_and_tell(options, "GET", "/v1/clock", "", [](const ordered_json& clock) {
        std::cout << text_of(clock, "now") << " (" << text_of(clock, "kind") << ")\n";
    });
}

int advance_clock(const ControlOptions& options) {
    const std::string body =
        ordered_json({{"by", options.duration.value_or("")}}).dump(-1, ' ', false, lenient);
    return ask_and_tell(options, "POST", "/v1/clock/advance", body, [](const ordered_json& clock) {
        std::cout << "It is " << text_of(clock, "now") << " now; " << clock.value("steps", 0U)
                  << (clock.value("steps", 0U) == 1 ? " step was" : " steps were") << " due on the way\n";
    });
}

int show_queries(const ControlOptions& options) {
    const std::string path = "/v1/queries" + query_string(options);
    if (options.clear) {
        return ask_and_tell(options, "DELETE", path, "", [](const ordered_json& answer) {
            std::cout << answer.value("cleared", std::uint64_t{0}) << " questions are forgotten\n";
        });
    }
    return ask_and_tell(options, "GET", path, "", [](const ordered_json& answer) {
        for (const auto& query : answer.at("queries")) tell_query(query);
    });
}

int flush_cache(const ControlOptions& options) {
    return ask_and_tell(
        options, "POST", "/v1/cache/flush" + query_string(options), "", [](const ordered_json& answer) {
            std::cout << "Nothing at or below " << text_of(answer, "flushed") << " is cached any more\n";
        });
}

}  // namespace custdkim::lab
