#include "cli/sender_commands.hpp"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/csv_text.hpp"
#include "cli/pages.hpp"
#include "cli/reply.hpp"
#include "usage/table.hpp"

namespace custdkim::cli {

using nlohmann::ordered_json;
using usage::Give;

namespace {

std::string text_of(const ordered_json& object, const char* name) {
    const auto& value = object.at(name);
    return value.is_string() ? value.get<std::string>() : "-";
}

struct Column {
    usage::Cell heading;
    const char* member;
};

usage::Rows table_of(const ordered_json& list, std::initializer_list<Column> columns) {
    usage::Rows rows(1);
    for (const Column& column : columns) rows[0].push_back(column.heading);
    for (const auto& object : list) {
        auto& row = rows.emplace_back();
        for (const Column& column : columns) row.emplace_back(text_of(object, column.member));
    }
    return rows;
}

std::string request_of(const SenderOptions& options) {
    ordered_json request = {{"address", options.what}};
    if (options.org) request["org"] = *options.org;
    return request.dump(-1, ' ', false, lenient);
}

bool has_equals(const ordered_json& keys) {
    std::set<bool> seen;
    return std::any_of(keys.begin(), keys.end(), [&](const auto& key) {
        return !seen.insert(text_of(key, "type") == "ed25519").second;
    });
}

void print_check(const ordered_json& check) {
    const bool allowed = check.at("allowed").get<bool>();
    std::cout << text_of(check, "address") << (allowed ? " may send: " : " may not send: ")
              << text_of(check, "detail") << ".\n";
    for (const auto& key : check.at("keys")) {
        std::cout << (allowed ? "Signs:  " : "Would sign:  ") << text_of(key, "selector") << "._domainkey."
                  << text_of(key, "domain") << " (" << text_of(key, "type") << ", key " << text_of(key, "id")
                  << ", match " << text_of(key, "match") << ")\n";
    }
    if (has_equals(check.at("keys")))
        std::cout << "Of one type each message is signed with one, drawn anew.\n";
    if (check.at("keys").empty()) std::cout << "No active key would sign its mail.\n";
    if (!allowed) std::cout << "To do:  " << text_of(check, "fix") << "\n";
    std::cout << std::flush;
}

}  // namespace

int check_sender(const SenderOptions& options) {
    const Reply reply =
        ask(options.access, "GET",
            with_query("/v1/senders/check", {{"address", options.what}, {"org", options.org}}));
    if (!reply.document) return refuse(reply, options.json);
    if (options.json) {
        print_json(*reply.document);
    } else {
        print_check(*reply.document);
    }
    return reply.document->at("allowed").get<bool>() ? Exit::done : Exit::no;
}

int add_sender(const SenderOptions& options) {
    const Reply reply = ask(options.access, "POST", "/v1/senders", request_of(options));
    if (!reply.document) return refuse(reply, options.json);
    if (options.json) {
        print_json(*reply.document);
        return Exit::done;
    }
    std::cerr << "custdkim: send this code to " << text_of(*reply.document, "address")
              << ", by mail and to nobody else; 'custdkim sender confirm CODE' confirms the address until "
              << text_of(*reply.document, "code_ends_at") << std::endl;
    std::cout << text_of(*reply.document, "code") << std::endl;
    return Exit::done;
}

int confirm_sender(const SenderOptions& options) {
    const ordered_json request = {{"code", options.what}};
    const Reply reply =
        ask(options.access, "POST", "/v1/senders/confirm", request.dump(-1, ' ', false, lenient));
    if (!reply.document) return refuse(reply, options.json);
    if (options.json) {
        print_json(*reply.document);
    } else {
        std::cout << text_of(*reply.document, "address") << " of the organisation "
                  << text_of(*reply.document, "org") << " is confirmed." << std::endl;
    }
    return Exit::done;
}

int remove_sender(const SenderOptions& options) {
    const Reply reply =
        ask(options.access, "DELETE",
            with_query("/v1/senders/" + encode_segment(options.what), {{"org", options.org}}));
    if (!reply.document) return refuse(reply, options.json);
    if (options.json) {
        print_json(*reply.document);
    } else {
        std::cout << text_of(*reply.document, "address") << " is no sender of the organisation "
                  << text_of(*reply.document, "org") << " any more." << std::endl;
    }
    return Exit::done;
}

int list_senders(const SenderOptions& options) {
    std::optional<std::string> confirmed;
    if (!options.status.empty()) confirmed = options.status == "confirmed" ? "true" : "false";
    const Reply reply =
        ask_all(options.access,
                with_query("/v1/senders",
                           {{"domain", options.domain}, {"org", options.org}, {"confirmed", confirmed}}),
                "senders");
    if (!reply.document) return refuse(reply, options.json);
    if (options.json) {
        print_json(*reply.document);
    } else if (options.csv) {
        print_csv(reply.document->at("senders"), {"address", "org", "status", "added_at", "confirmed_at"});
    } else {
        usage::print_table(
            table_of(reply.document->at("senders"), {{{"ADDRESS", Give::never}, "address"},
                                                     {"ORG", "org"},
                                                     {"STATUS", "status"},
                                                     {{"ADDED", Give::time}, "added_at"},
                                                     {{"CONFIRMED", Give::time}, "confirmed_at"}}));
    }
    return Exit::done;
}

int list_domains(const SenderOptions& options) {
    const Reply reply =
        ask_all(options.access, with_query("/v1/domains", {{"domain", options.domain}, {"org", options.org}}),
                "domains");
    if (!reply.document) return refuse(reply, options.json);
    if (options.json) {
        print_json(*reply.document);
    } else if (options.csv) {
        print_csv(reply.document->at("domains"), {"domain", "org", "key", "match", "type", "since"});
    } else {
        usage::print_table(table_of(reply.document->at("domains"), {{{"DOMAIN", Give::middle}, "domain"},
                                                                    {"ORG", "org"},
                                                                    {{"KEY", Give::never}, "key"},
                                                                    {"MATCH", "match"},
                                                                    {"TYPE", "type"},
                                                                    {{"SINCE", Give::time}, "since"}}));
    }
    return Exit::done;
}

}  // namespace custdkim::cli
