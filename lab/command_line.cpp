#include "lab/command_line.hpp"

#include <CLI/CLI.hpp>
#include <exception>
#include <functional>

#include "lab/control_verbs.hpp"
#include "lab/misconfigurations_command.hpp"
#include "lab/refusal.hpp"
#include "lab/resolver_command.hpp"
#include "lab/simulate_command.hpp"
#include "lab/timeline_command.hpp"
#include "lab/up/up_command.hpp"
#include "lab/values.hpp"
#include "usage/checks.hpp"
#include "usage/help.hpp"
#include "usage/program.hpp"

namespace custdkim::lab {

namespace {

constexpr const char* footer =
    "Exit codes: 0 yes or done, 1 no, 2 wrong usage, 3 could not tell or could not reach.";

// What parsing chose to do.
struct Choice {
    std::function<int()> action;
    SimulateOptions simulate;
    TimelineOptions timeline;
    ControlOptions control;
    std::string resolver_config;
    MisconfigurationsOptions misconfigurations;
    UpOptions up;
};

void add_up(CLI::App& app, Choice& choice) {
    CLI::App* const verb = app.add_subcommand(
        "up", "The whole service, an internet made up for it, and a clock that you move, in one process");
    UpOptions& options = choice.up;
    verb->add_option("--state", options.state,
                     "The state directory: secrets, the socket for PowerDNS, and with `--store file` the "
                     "store (default: "
                     "custdkim-lab-UID in the directory for temporary files)")
        ->type_name("DIRECTORY");
    verb->add_option("--listen", options.listen, "A loopback address")
        ->type_name("ADDRESS")
        ->capture_default_str();
    verb->add_flag("--allow-any-address", options.allow_any_address,
                   "--listen may be any address: others will take what the lab makes up for the truth");
    verb->add_option("--dns", options.dns, "The test resolver's port, UDP and TCP; 0: any that is free")
        ->type_name("PORT")
        ->capture_default_str()
        ->check(usage::whole_number(0, 65535));
    verb->add_option("--http", options.http,
                     "The port of custdkim's API; the lab's is the next one; 0: any that are free")
        ->type_name("PORT")
        ->capture_default_str()
        ->check(usage::whole_number(0, 65535));
    verb->add_option(
            "--clock", options.clock,
            "`frozen`, which moves when it is told to; `system`; `accelerated`, a day each second, or "
            "`accelerated:RATE`, so many seconds each second")
        ->type_name("CLOCK")
        ->capture_default_str();
    verb->add_option("--store", options.store,
                     "`memory`, or `file`: kept in the state directory for next time")
        ->type_name("STORE")
        ->capture_default_str();
    verb->callback([&choice] { choice.action = [&choice] { return up_command(choice.up); }; });
    verb->footer(
        "It prints where they are, and stays in the foreground until SIGTERM or SIGINT. It needs neither "
        "root nor a "
        "network.\n\n"
        "Example: custdkim-lab up --state /tmp/lab");
}

void add_simulate(CLI::App& app, Choice& choice) {
    CLI::App* const verb = app.add_subcommand(
        "simulate",
        "Rotate simulated keys for years in seconds, with everything going wrong, and count lost mail");
    SimulateOptions& options = choice.simulate;
    verb->add_option("--keys", options.keys, "Keys in each world")
        ->type_name("NUMBER")
        ->capture_default_str()
        ->check(usage::whole_number(1, 10'000'000));
    verb->add_option("--days", options.days, "Length of each world")
        ->type_name("NUMBER")
        ->capture_default_str()
        ->check(usage::whole_number(1, 36'500));
    verb->add_option("--seed", options.seed, "The first seed")
        ->type_name("NUMBER")
        ->capture_default_str()
        ->check(usage::whole_number(0, INT64_MAX));
    verb->add_option("--seeds", options.seeds, "How many seeds, one world each")
        ->type_name("NUMBER")
        ->capture_default_str()
        ->check(usage::whole_number(1, 1'000'000'000));
    verb->add_option("--policy", options.policy_file, "A policy file (default: our engine, our defaults)")
        ->type_name("FILE");
    verb->add_option(
            "--faults", options.faults,
            "all, none, or some, as A,B: lag, missed-updates, silent-publication, outages, restarts, "
            "kills, clock-steps, full-disk, customers, customer-outages, emergencies")
        ->type_name("LIST")
        ->capture_default_str();
    verb->add_option("--messages-per-day", options.messages_per_day,
                     "For each key, beside those at every switch")
        ->type_name("NUMBER")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 10'000.0).description(""));
    verb->add_option("--mutation", options.mutation, "Break the engine on purpose, to test the checker")
        ->group("");
    verb->add_flag("--json", options.json, "Print exactly one JSON document instead of text");
    verb->callback([&choice] { choice.action = [&choice] { return simulate_command(choice.simulate); }; });
    verb->footer(
        "Example: custdkim-lab simulate --seeds 100 --policy lab/simulation/policies/microsoft-365.toml");
}

void add_timeline(CLI::App& app, Choice& choice) {
    CLI::App* const verb = app.add_subcommand(
        "timeline", "Draw what happens to a key under a policy, when nothing is in the way");
    verb->add_option("--policy", choice.timeline.policy_file, "A policy file (default: our defaults)")
        ->type_name("FILE");
    verb->add_flag("--json", choice.timeline.json, "Print exactly one JSON document instead of text");
    verb->callback([&choice] { choice.action = [&choice] { return timeline_command(choice.timeline); }; });
    verb->footer(
        "With `--json` the document has `steps` (`at`, `seconds`, `action`, `selector`, `what`), and "
        "`slots`, "
        "each with the `spans` of its record (`state`, `from`, `to`, in seconds; `to` is null for the last "
        "one).");
}

void add_resolver(CLI::App& app, Choice& choice) {
    CLI::App* const verb = app.add_subcommand(
        "resolver", "The test resolver and the fake internet alone, beside a real service");
    verb->add_option("--config", choice.resolver_config, "The configuration, like docs/custdkim-lab.toml")
        ->type_name("FILE")
        ->required();
    verb->callback(
        [&choice] { choice.action = [&choice] { return resolver_command(choice.resolver_config); }; });
}

void add_misconfigurations(CLI::App& app, Choice& choice) {
    CLI::App* const verb =
        app.add_subcommand("misconfigurations", "List the ways in which a customer's DNS can be broken here");
    MisconfigurationsOptions& options = choice.misconfigurations;
    verb->add_option("--catalogue", options.catalogue,
                     "A folder of misconfigurations (default: those that come with the program)")
        ->type_name("DIRECTORY");
    CLI::Option* const json =
        verb->add_flag("--json", options.json, "Print exactly one JSON document, with everything");
    verb->add_flag("--markdown", options.markdown, "Print the page docs/misconfigurations.md")
        ->excludes(json);
    verb->callback([&choice] {
        choice.action = [&choice] { return misconfigurations_command(choice.misconfigurations); };
    });
}

}  // namespace

int run(int argc, char** argv) {
    CLI::App app("The laboratory of custdkim: rehearse rotation and broken customer DNS.", "custdkim-lab");
    usage::set_help(app);
    app.set_version_flag("--version", std::string("custdkim-lab ") + CUSTDKIM_VERSION,
                         "Print the version and end");
    app.require_subcommand(1);
    Choice choice;
    add_up(app, choice);
    add_simulate(app, choice);
    add_timeline(app, choice);
    add_resolver(app, choice);
    add_control_verbs(app, choice.control, choice.action);
    add_misconfigurations(app, choice);
    usage::add_completion(app, choice.action);
    usage::refuse_empty(app);
    app.footer(footer);  // last: verbs have the footer that is there when they are added
    if (const auto hidden = usage::run_hidden(app, argc, argv, values_of)) return *hidden;
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& success) {  // --help, --version
        return app.exit(success);
    } catch (const CLI::ParseError& error) {
        return fail(Exit::wrong, std::string(error.what()) + "; see --help", usage::wants_json(argc, argv));
    }
    try {
        return choice.action();
    } catch (const std::exception& exception) {
        return fail(Exit::unknown, std::string("failed: ") + exception.what(), usage::wants_json(argc, argv));
    }
}

}  // namespace custdkim::lab
