#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/access_commands.hpp"
#include "cli/pages.hpp"
#include "cli/reply.hpp"
#include "usage/table.hpp"

namespace custdkim::cli {

using nlohmann::ordered_json;
using usage::Give;

namespace {

// An organisation, or what was asked for with --json.
int show(const OrgOptions& options, const Reply& reply, const std::string& done) {
    if (!reply.document) return refuse(reply, options.json);
    if (options.json) {
        print_json(*reply.document);
    } else {
        std::cout << "The organisation " << reply.document->at("name").get<std::string>() << " " << done
                  << "." << std::endl;
    }
    return Exit::done;
}

std::string count_of(const ordered_json& counts, const char* status) {
    const auto& count = counts.at(status);
    return count.is_null() ? "too many to look at each" : std::to_string(count.get<std::uint64_t>());
}

}  // namespace

int create_org(const OrgOptions& options) {
    const ordered_json request = {{"name", options.name}, {"description", options.description.value_or("")}};
    return show(options, ask(options.access, "POST", "/v1/orgs", request.dump(-1, ' ', false, lenient)),
                "is there");
}

int list_orgs(const OrgOptions& options) {
    const Reply reply = ask_all(options.access, "/v1/orgs", "orgs");
    if (!reply.document) return refuse(reply, options.json);
    if (options.json) {
        print_json(*reply.document);
        return Exit::done;
    }
    usage::Rows rows = {{{"NAME", Give::never}, {"CREATED", Give::time}, "DESCRIPTION"}};
    for (const auto& org : reply.document->at("orgs")) {
        rows.push_back({org.at("name").get<std::string>(), org.at("created_at").get<std::string>(),
                        org.at("description").get<std::string>()});
    }
    usage::print_table(rows);
    return Exit::done;
}

int show_org(const OrgOptions& options) {
    const Reply reply = ask(options.access, "GET", "/v1/orgs/" + encode_segment(options.name));
    if (!reply.document) return refuse(reply, options.json);
    if (options.json) {
        print_json(*reply.document);
        return Exit::done;
    }
    const ordered_json& org = *reply.document;
    const ordered_json& keys = org.at("keys");
    std::cout << "Organisation  " << org.at("name").get<std::string>() << "\n"
              << "Description   " << org.at("description").get<std::string>() << "\n"
              << "Addresses     "
              << (org.at("user_verification") == "off" ? "need not be confirmed" : "must be confirmed")
              << "\n"
              << "Unsigned mail " << (org.at("unsigned") == "pass" ? "passes" : "is rejected") << "\n"
              << "Created       " << org.at("created_at").get<std::string>() << "\n"
              << "Keys          " << keys.at("total").get<std::uint64_t>() << "\n";
    for (const char* status : {"active", "held", "inactive", "deleted"}) {
        std::cout << "  " << status << std::string(12 - std::string_view(status).size(), ' ')
                  << count_of(keys, status) << "\n";
    }
    std::cout << std::flush;
    return Exit::done;
}

int set_org(const OrgOptions& options) {
    ordered_json request = ordered_json::object();
    const std::pair<const char*, const std::optional<std::string>&> fields[] = {
        {"description", options.description},
        {"user_verification", options.user_verification},
        {"unsigned", options.unsigned_mail}};
    for (const auto& [name, value] : fields) {
        if (value) request[name] = *value;
    }
    if (request.empty())
        return fail(Exit::wrong, "nothing is to be changed; see custdkim org set --help", options.json);
    const Reply reply = ask(options.access, "PATCH", "/v1/orgs/" + encode_segment(options.name),
                            request.dump(-1, ' ', false, lenient));
    if (reply.document && reply.document->at("user_verification") == "off") {
        std::cerr << "custdkim: warning: with user verification off, whoever can hand in mail for "
                  << options.name << " can send as any address of its domains, also as one that is not theirs"
                  << std::endl;
    }
    return show(options, reply, "is changed");
}

int delete_org(const OrgOptions& options) {
    return show(options, ask(options.access, "DELETE", "/v1/orgs/" + encode_segment(options.name)),
                "is deleted");
}

}  // namespace custdkim::cli
