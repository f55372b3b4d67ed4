#include "cli/policy_commands.hpp"

#include <iostream>

#include "base/ascii.hpp"
#include "cli/reply.hpp"
#include "usage/table.hpp"

namespace custdkim::cli {

using nlohmann::ordered_json;
using usage::Give;

namespace {

// A value of a policy as the configuration has it.
std::string written(const ordered_json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string lower_without_end_dot(const std::string& typed) {
    std::string name = to_lower(typed);
    if (name.size() > 1 && name.back() == '.') name.pop_back();
    return name;
}

void print_policy(const ordered_json& policy) {
    usage::Rows values = {{{"OPTION", Give::never}, "VALUE"}};
    for (const char* const name : {"ttl", "negative_ttl"}) values.push_back({name, written(policy.at(name))});
    for (const auto& item : policy.at("rotation").items()) {
        values.push_back({"rotation." + item.key(), written(item.value())});
    }
    std::cout << "Keys in " << written(policy.at("zone")) << " rotate like this:\n\n";
    usage::print_table(values);
    usage::Rows rules = {{"RULE", "VALUE", "BOUND", "HOLDS", "WHAT FOR"}};
    for (const auto& rule : policy.at("rules")) {
        const bool holds = rule.at("holds").get<bool>();
        rules.push_back({written(rule.at("rule")), written(rule.at("value")), written(rule.at("bound")),
                         usage::Cell(holds ? "yes" : "no", holds ? usage::Colour::good : usage::Colour::bad),
                         written(rule.at("keeps"))});
    }
    std::cout << "\nSo that mail verifies:\n\n";
    usage::print_table(rules);
}

}  // namespace

int list_policies(const PolicyOptions& options) {
    const Reply reply = ask(options.access, "GET", "/v1/policies");
    if (!reply.document) return refuse(reply, options.json);
    if (options.json) {
        print_json(*reply.document);
        return Exit::done;
    }
    usage::Rows rows = {
        {{"ZONE", Give::never}, "INTERVAL", "PREPUBLISH", "RETENTION", "JITTER", "SLOTS", "TTL"}};
    for (const auto& policy : reply.document->at("policies")) {
        const auto& rotation = policy.at("rotation");
        rows.push_back({written(policy.at("zone")), written(rotation.at("interval")),
                        written(rotation.at("prepublish")), written(rotation.at("retention")),
                        written(rotation.at("jitter")), written(rotation.at("slots")),
                        written(policy.at("ttl"))});
    }
    usage::print_table(rows);
    return Exit::done;
}

int show_policy(const PolicyOptions& options) {
    const Reply reply = ask(options.access, "GET", "/v1/policies");
    if (!reply.document) return refuse(reply, options.json);
    const std::string zone = lower_without_end_dot(options.zone);
    for (const auto& policy : reply.document->at("policies")) {
        if (policy.at("zone") != zone) continue;
        if (options.json) {
            print_json(policy);
        } else {
            print_policy(policy);
        }
        return Exit::done;
    }
    return fail(Exit::no,
                "there is no key zone '" + options.zone + "'; 'custdkim policy list' has all of them",
                options.json);
}

}  // namespace custdkim::cli
