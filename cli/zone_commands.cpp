#include "cli/zone_commands.hpp"

#include <iostream>

#include "cli/reply.hpp"
#include "usage/table.hpp"

namespace custdkim::cli {

using usage::Give;

namespace {

usage::Rows zone_table(const nlohmann::ordered_json& zones) {
    usage::Rows rows = {{{"NAME", Give::never}, "KIND", {"SERIAL", Give::never}, "RECORDS", "DNSSEC"}};
    for (const auto& zone : zones) {
        rows.push_back({zone.at("name").get<std::string>(), zone.at("kind").get<std::string>(),
                        std::to_string(zone.at("serial").get<std::uint64_t>()),
                        std::to_string(zone.at("records").get<std::uint64_t>()),
                        zone.at("secured").get<bool>() ? "secured" : "no"});
    }
    return rows;
}

}  // namespace

int list_zones(const ZoneOptions& options) {
    const Reply reply = ask(options.access, "GET", "/v1/zones");
    if (!reply.document) return refuse(reply, options.json);
    if (options.json) {
        print_json(*reply.document);
    } else {
        usage::print_table(zone_table(reply.document->at("zones")));
    }
    return Exit::done;
}

int reload_zones(const ZoneOptions& options) {
    const Reply reply = ask(options.access, "POST", "/v1/zones/reload");
    if (!reply.document) {
        const auto problems = reply.refusal.find("problems");
        if (problems == reply.refusal.end()) return refuse(reply, options.json);
        for (const auto& problem : *problems) fail(Exit::no, problem.get<std::string>());
        if (options.json) print_json(reply.refusal);
        return reply.exit;
    }
    const auto& changed = reply.document->at("changed");
    if (options.json) {
        print_json(*reply.document);
    } else if (changed.empty()) {
        std::cout << "No static zone has changed." << std::endl;
    } else {
        for (const auto& zone : changed) std::cout << "Changed: " << zone.get<std::string>() << "\n";
        std::cout << std::flush;
    }
    return Exit::done;
}

}  // namespace custdkim::cli
