#include "cli/command_line.hpp"

#include <exception>

#include "cli/reply.hpp"
#include "cli/values.hpp"
#include "cli/verbs.hpp"
#include "usage/help.hpp"

namespace custdkim::cli {

namespace {

constexpr const char* exit_codes =
    "Exit codes: 0 yes or done, 1 no (not found, refused), 2 wrong usage or configuration, "
    "3 could not tell or could not reach.";

// CLI11 tells of what is missing before it tells of what it does not know, and of that backwards.
std::string explain(const CLI::App& program, const CLI::ParseError& error) {
    const auto code = static_cast<CLI::ExitCodes>(error.get_exit_code());
    auto unknown = program.remaining(true);
    std::erase(unknown, "--");
    const bool because = code == CLI::ExitCodes::RequiredError || code == CLI::ExitCodes::ExtrasError;
    return because && !unknown.empty() ? "'" + unknown.front() + "' is not known here" : error.what();
}

void add_verbs(CLI::App& program, Action& chosen) {
    add_service_verbs(program, chosen);
    add_key_verbs(program, chosen);
    add_event_verbs(program, chosen);
    add_policy_verbs(program, chosen);
    add_zone_verbs(program, chosen);
    add_token_verbs(program, chosen);
    add_org_verbs(program, chosen);
    add_sender_verbs(program, chosen);
    add_domain_verbs(program, chosen);
    add_backup_verbs(program, chosen);
    add_sign_verb(program, chosen);
    add_milter_verb(program, chosen);
    add_dns_verbs(program, chosen);
    usage::add_completion(program, chosen);
    usage::refuse_empty(program);
}

}  // namespace

int run(int argc, char** argv) {
    CLI::App program("DKIM keys in customers' domains, behind PowerDNS: created, published and rotated.",
                     "custdkim");
    usage::set_help(program);
    program.set_version_flag("--version", std::string("custdkim ") + CUSTDKIM_VERSION,
                             "Print the version and end");
    program.require_subcommand(1);
    Action chosen;
    add_verbs(program, chosen);
    program.footer(exit_codes);  // last: verbs have the footer that is there when they are added
    if (const auto hidden = usage::run_hidden(program, argc, argv, values_of)) return *hidden;
    try {
        program.parse(argc, argv);
    } catch (const CLI::Success& success) {  // --help, --version
        return program.exit(success);
    } catch (const CLI::ParseError& error) {
        return fail(Exit::wrong, explain(program, error) + "; see --help", usage::wants_json(argc, argv));
    }
    try {
        return chosen();
    } catch (const std::exception& exception) {
        return fail(Exit::unknown, std::string("failed: ") + exception.what(), usage::wants_json(argc, argv));
    }
}

}  // namespace custdkim::cli
