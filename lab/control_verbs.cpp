#include "lab/control_verbs.hpp"

#include <CLI/CLI.hpp>

#include "lab/up/state_directory.hpp"
#include "usage/checks.hpp"

namespace custdkim::lab {

namespace {

constexpr const char* control_group = "Control options";

class Adder {
  public:
    Adder(ControlOptions& options, std::function<int()>& action) : options_(options), action_(action) {}

    // A verb that takes what every one of them does.
    CLI::App* verb(CLI::App& parent, const std::string& name, const std::string& what,
                   int (*does)(const ControlOptions&)) {
        CLI::App* const made = parent.add_subcommand(name, what);
        made->add_option("--state", options_.access.state,
                         "The state directory of the lab that is meant (default: custdkim-lab-UID in the "
                         "directory for "
                         "temporary files)")
            ->type_name("DIRECTORY")
            ->group(control_group);
        made->add_option(
                "--lab", options_.access.url,
                "URL of the control API, instead of a state directory. `CUSTDKIM_LAB_API` stands in for it "
                "where neither is given")
            ->type_name("URL")
            ->group(control_group);
        made->add_option("--token-file", options_.access.token_file,
                         "File with its token. `CUSTDKIM_LAB_TOKEN_FILE` stands in for it, likewise")
            ->type_name("FILE")
            ->group(control_group);
        made->add_flag("--json", options_.access.json, "Print exactly one JSON document instead of text")
            ->group(control_group);
        made->callback([&options = options_, &action = action_, does] {
            action = [&options, does] { return does(options); };
        });
        return made;
    }

    void customers(CLI::App& app) {
        CLI::App* const customer =
            app.add_subcommand("customer", "Customers' zones, and what is wrong with them");
        customer->require_subcommand(1);
        CLI::App* const set =
            verb(*customer, "set", "Make a customer get it wrong, or right: 'healthy'", set_customer);
        set->add_option("DOMAIN", options_.domain, "The customer's domain")->required();
        set->add_option("MISCONFIGURATION", options_.misconfiguration,
                        "One of `custdkim-lab misconfigurations`; `healthy` is right")
            ->required();
        set->add_option("--flavour", options_.flavour, "Which kind of server serves it")
            ->type_name("FLAVOUR");
        set->add_option("--key", options_.key,
                        "The id of the key that is meant, where the domain has several")
            ->type_name("ID");
        set->add_option("--selector", options_.selectors, "Primary and alternate, instead of a key's")
            ->type_name("S")
            ->allow_extra_args(false);
        set->add_option("--target", options_.targets, "Where their CNAMEs belong")
            ->type_name("TARGET")
            ->allow_extra_args(false);
        set->add_option("--zone", options_.zone_file, "A zone file: these records instead")
            ->type_name("FILE");
        keep_cache(*set);
        set->footer(
            "The domain gets a zone with the CNAMEs of the domain's key, broken as MISCONFIGURATION says.\n\n"
            "Example: custdkim-lab customer set acme.example cname-proxied");
        CLI::App* const fix = verb(*customer, "fix", "Put it right", fix_customer);
        fix->add_option("DOMAIN", options_.domain, "The customer's domain")->required();
        keep_cache(*fix);
        CLI::App* const remove = verb(*customer, "remove", "Remove the zone", remove_customer);
        remove->add_option("DOMAIN", options_.domain, "The customer's domain")->required();
        keep_cache(*remove);
        CLI::App* const show = verb(*customer, "show", "One customer, and the zone", show_customer);
        show->add_option("DOMAIN", options_.domain, "The customer's domain")->required();
        verb(*customer, "list", "All customers", list_customers);
    }

    void others(CLI::App& app) {
        CLI::App* const clock = app.add_subcommand("clock", "The lab's time");
        clock->require_subcommand(1);
        verb(*clock, "show", "What time it is", show_clock);
        CLI::App* const advance =
            verb(*clock, "advance", "Let time pass, and all that is due in it happen", advance_clock);
        advance->add_option("DURATION", options_.duration, "25d, 36h, 15m, 30s")->required();
        advance->footer("Then it prints what happened.\n\nExample: custdkim-lab clock advance 25d");
        CLI::App* const queries =
            verb(app, "queries", "What the lab was asked, the latest last", show_queries);
        queries->add_option("--name", options_.name, "Only this name and those below")->type_name("NAME");
        CLI::Option* const limit = queries->add_option("--limit", options_.limit, "Only the latest so many")
                                       ->type_name("NUMBER")
                                       ->check(usage::whole_number(1, INT32_MAX));
        queries->add_flag("--clear", options_.clear, "Forget them instead")->excludes(limit);
        CLI::App* const cache = app.add_subcommand("cache", "What the test resolver remembers");
        cache->require_subcommand(1);
        CLI::App* const flush = verb(*cache, "flush", "Forget it", flush_cache);
        flush->add_option("NAME", options_.name, "Only this name and those below");
    }

  private:
    void keep_cache(CLI::App& app) {
        app.add_flag("--keep-cache", options_.keep_cache, "Let the test resolver remember what was");
    }

    ControlOptions& options_;
    std::function<int()>& action_;
};

}  // namespace

void add_control_verbs(CLI::App& app, ControlOptions& options, std::function<int()>& action) {
    Adder adder(options, action);
    adder.customers(app);
    adder.others(app);
}

}  // namespace custdkim::lab
