#include "cli/key_commands.hpp"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/random.hpp"
#include "cli/csv_text.hpp"
#include "cli/key_text.hpp"
#include "cli/outcome.hpp"
#include "cli/pages.hpp"
#include "cli/reply.hpp"
#include "usage/table.hpp"

namespace custdkim::cli {

using nlohmann::ordered_json;

namespace {

std::string path_of(const KeyOptions& options, const std::string& verb) {
    return "/v1/keys/" + encode_segment(options.id) + "/" + verb;
}

// A verb whose answer is the key.
int order(const KeyOptions& options, const std::string& verb, const std::string& done) {
    const Reply reply = ask(options.access, "POST", path_of(options, verb));
    if (!reply.document) return refuse(reply, options.json);
    if (!options.json && !done.empty()) {
        std::cout << "The key of " << reply.document->at("domain").get<std::string>() << " " << done
                  << ".\n\n";
    }
    print_key(options, *reply.document);
    return reply.exit;
}

std::string text_of(const ordered_json& object, const char* name) {
    return object.at(name).get<std::string>();
}

// Goes before the deed, and to stderr: who pipes the answer on must see it too.
void warn_of_lost_mail(const ordered_json& mail) {
    if (!mail.at("revoked").get<bool>()) return;
    std::cerr << "custdkim: warning: mail signed with selector " << text_of(mail, "selector") << " between "
              << text_of(mail, "signed_since") << " and " << text_of(mail, "signed_until")
              << " that is not verified yet will not verify: its record will say \"p=\"; this service signed "
              << mail.at("signed_here").get<std::uint64_t>() << " messages in that time, since its last start"
              << std::endl;
}

}  // namespace

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

int create_key(const KeyOptions& options) {
    ordered_json request = {{"domain", options.id}};
    const std::pair<const char*, const std::optional<std::string>&> fields[] = {
        {"selector", options.selector},
        {"alternate_selector", options.alternate_selector},
        {"match", options.match},
        {"type", options.type},
        {"zone", options.zone},
        {"org", options.org},
        {"third_selector", options.third_selector},
    };
    for (const auto& [name, value] : fields) {
        if (value) request[name] = *value;
    }
    ApiAccess once = options.access;
    once.idempotency_key = SystemRandom().text(32, "0123456789abcdef");
    const Reply reply = ask(once, "POST", "/v1/keys", request.dump(-1, ' ', false, lenient));
    if (!reply.document) return refuse(reply, options.json);
    print_key(options, *reply.document);
    return Exit::done;
}

int list_keys(const KeyOptions& options) {
    const std::string path = with_query(
        "/v1/keys", {{"domain", options.domain},
                     {"search", options.search},
                     {"status", options.status},
                     {"org", options.org},
                     {"after", options.after},
                     {"failing", options.failing ? std::optional<std::string>("true") : std::nullopt}});
    Reply reply = ask_all(options.access, path, "keys", options.limit == 0 ? SIZE_MAX : options.limit);
    if (!reply.document) return refuse(reply, options.json);
    const ordered_json& keys = reply.document->at("keys");
    if (options.json) {
        print_json(*reply.document);
    } else if (options.csv) {
        print_csv(keys, {"id", "domain", "match", "type", "org", "zone", "status", "signing_selector",
                         "created_at", "activated_at", "deleted_at"});
    } else {
        usage::print_table(key_table(keys));
    }
    return Exit::done;
}

int show_key(const KeyOptions& options) {
    const Reply reply = ask(options.access, "GET", "/v1/keys/" + encode_segment(options.id));
    if (!reply.document) return refuse(reply, options.json);
    print_key(options, *reply.document);
    return Exit::done;
}

int delete_key(const KeyOptions& options) {
    const Reply reply = ask(options.access, "DELETE", "/v1/keys/" + encode_segment(options.id));
    if (!reply.document) return refuse(reply, options.json);
    const ordered_json& deletion = *reply.document;
    if (options.json) {
        print_json(deletion);
        return Exit::done;
    }
    std::cout << "Key " << deletion.at("id").get<std::string>() << " of "
              << deletion.at("domain").get<std::string>() << " is deleted; its private keys are destroyed.\n";
    if (deletion.at("withdrawn").get<bool>()) {
        std::cout << "No mail needs its records, so they were withdrawn at once." << std::endl;
    } else {
        std::cout << "Mail that it signed may still be under way: its records stay until "
                  << deletion.at("withdraw_at").get<std::string>() << "." << std::endl;
    }
    return Exit::done;
}

int deactivate_key(const KeyOptions& options) {
    return order(options, "deactivate", "is inactive: it signs no more");
}

int rotate_key(const KeyOptions& options) {
    const auto send = [&](bool only_tell) {
        const ordered_json body = {{"compromised", options.compromised}, {"only_tell", only_tell}};
        return ask(options.access, "POST", path_of(options, "rotate"), body.dump());
    };
    Reply reply = send(true);
    if (!reply.document) return refuse(reply, options.json);
    warn_of_lost_mail(reply.document->at("mail"));
    if (!options.only_tell) reply = send(false);
    if (!reply.document) return refuse(reply, options.json);
    if (options.json) {
        print_json(*reply.document);
    } else {
        std::cout << "Signing " << (options.only_tell ? "would move" : "moves") << " to "
                  << text_of(*reply.document, "selector") << " at " << text_of(*reply.document, "sign_at")
                  << " at the earliest: " << text_of(*reply.document, "why") << "." << std::endl;
    }
    return Exit::done;
}

int revoke_key(const KeyOptions& options) {
    const auto send = [&](bool only_tell) {
        return ask(options.access, "POST", path_of(options, "revoke"),
                   ordered_json({{"only_tell", only_tell}}).dump());
    };
    Reply reply = send(true);
    if (!reply.document) return refuse(reply, options.json);
    for (const auto& mail : reply.document->at("mail")) warn_of_lost_mail(mail);
    if (!options.only_tell) reply = send(false);
    if (!reply.document) return refuse(reply, options.json);
    if (options.json) {
        print_json(*reply.document);
    } else if (!options.only_tell) {
        std::cout << "Key " << text_of(reply.document->at("key"), "id") << " of "
                  << text_of(reply.document->at("key"), "domain")
                  << " is revoked: its records say \"p=\", its private keys are destroyed." << std::endl;
    }
    return Exit::done;
}

}  // namespace custdkim::cli
