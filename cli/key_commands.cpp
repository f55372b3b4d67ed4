#include "cli/key_commands.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/key_text.hpp"
#include "cli/outcome.hpp"

namespace custdkim::cli {

using nlohmann::ordered_json;

namespace {

// What the service answered, parsed; or the exit code of a refusal that has been told.
struct Reply {
    std::optional<ordered_json> document;
    int exit = Exit::done;
};

Reply refuse(Exit code, std::string_view sentence) { return {std::nullopt, fail(code, sentence)}; }

Exit exit_for_status(long status) {
    if (status == 400) return Exit::wrong;
    return status >= 500 ? Exit::unknown : Exit::no;
}

Reply ask(const KeyOptions& options, std::string_view method, std::string_view path,
          std::string_view body = {}) {
    const auto answer = call_api(options.access, method, path, body);
    if (!answer) return refuse(exit_for(answer.error().code), answer.error().detail);
    auto document = ordered_json::parse(answer->body, nullptr, false);
    if (document.is_discarded() || !document.is_object()) {
        return refuse(Exit::unknown,
                      "what answers at " + options.access.url + " is not custdkim; check --api");
    }
    if (answer->status < 300) return {std::move(document), Exit::done};
    if (answer->status == 401) {
        return refuse(Exit::wrong, "custdkim at " + options.access.url + " does not accept the token in " +
                                       options.access.token_file.string() + "; check --token-file");
    }
    return refuse(
        exit_for_status(answer->status),
        document.value("detail", "the request was refused (HTTP " + std::to_string(answer->status) + ")"));
}

constexpr auto lenient = ordered_json::error_handler_t::replace;  // any octets may come in

void print_json(const ordered_json& document) {
    std::cout << document.dump(2, ' ', false, lenient) << std::endl;
}

void print_key(const KeyOptions& options, const ordered_json& key) {
    for (const auto& warning : key.at("warnings")) {
        std::cerr << "custdkim: warning: " << warning.get<std::string>() << std::endl;
    }
    if (options.json) {
        print_json(key);
    } else {
        std::cout << key_text(key) << std::flush;
    }
}

}  // namespace

int create_key(const KeyOptions& options) {
    ordered_json request = {{"domain", options.id}};
    const std::pair<const char*, const std::optional<std::string>&> fields[] = {
        {"selector", options.selector}, {"alternate_selector", options.alternate_selector},
        {"match", options.match},       {"type", options.type},
        {"zone", options.zone},         {"org", options.org},
    };
    for (const auto& [name, value] : fields) {
        if (value) request[name] = *value;
    }
    const Reply reply = ask(options, "POST", "/v1/keys", request.dump(-1, ' ', false, lenient));
    if (reply.document) print_key(options, *reply.document);
    return reply.exit;
}

int list_keys(const KeyOptions& options) {
    const std::string filter =
        "?limit=1000" + (options.domain ? "&domain=" + encode_segment(*options.domain) : std::string());
    ordered_json keys = ordered_json::array();
    std::string after;
    do {
        const std::string cursor = after.empty() ? "" : "&after=" + encode_segment(after);
        Reply reply = ask(options, "GET", "/v1/keys" + filter + cursor);
        if (!reply.document) return reply.exit;
        for (auto& key : reply.document->at("keys")) keys.push_back(std::move(key));
        const auto& next = reply.document->at("next");
        after = next.is_string() ? next.get<std::string>() : "";
    } while (!after.empty());
    if (options.json) {
        print_json({{"keys", std::move(keys)}});
    } else {
        std::cout << key_table(keys) << std::flush;
    }
    return Exit::done;
}

int show_key(const KeyOptions& options) {
    const Reply reply = ask(options, "GET", "/v1/keys/" + encode_segment(options.id));
    if (reply.document) print_key(options, *reply.document);
    return reply.exit;
}

int delete_key(const KeyOptions& options) {
    const Reply reply = ask(options, "DELETE", "/v1/keys/" + encode_segment(options.id));
    if (!reply.document) return reply.exit;
    const ordered_json& deletion = *reply.document;
    if (options.json) {
        print_json(deletion);
        return Exit::done;
    }
    std::cout << "Key " << deletion.at("id").get<std::string>() << " of "
              << deletion.at("domain").get<std::string>() << " is deleted; its private keys are destroyed.\n";
    if (deletion.at("withdrawn").get<bool>()) {
        std::cout << "It never signed, so its records were withdrawn at once." << std::endl;
    } else {
        std::cout << "Mail that it signed may still be under way: its records stay until "
                  << deletion.at("withdraw_at").get<std::string>() << "." << std::endl;
    }
    return Exit::done;
}

}  // namespace custdkim::cli
