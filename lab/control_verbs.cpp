#include "lab/control_verbs.hpp"

#include <CLI/CLI.hpp>

#include "lab/up/state_directory.hpp"

namespace custdkim::lab {

namespace {

class Adder {
  public:
    Adder(ControlOptions& options, std::function<int()>& action) : options_(options), action_(action) {}

    // A verb that takes what every one of them does.
    CLI::App* verb(CLI::App& parent, const std::string& name, const std::string& what,
                   int (*does)(const ControlOptions&)) {
        CLI::App* const made = parent.add_subcommand(name, what);
        made->add_option("--state", options_.access.state, "The lab's state directory")
            ->default_str(usual_state_directory().string());
        made->add_option("--lab", options_.access.url, "The control API's URL, instead of a state directory");
        made->add_option("--token-file", options_.access.token_file, "Its token, likewise");
        made->add_flag("--json", options_.json, "Print one JSON document instead of text");
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
        set->add_option("DOMAIN", options_.domain)->required();
        set->add_option("MISCONFIGURATION", options_.misconfiguration)->required();
        set->add_option("--flavour", options_.flavour, "Which kind of server serves it");
        set->add_option("--key", options_.key,
                        "The id of the key that is meant, where the domain has several");
        set->add_option("--selector", options_.selectors, "Primary and alternate, instead of a key's")
            ->allow_extra_args(false);
        set->add_option("--target", options_.targets, "Where their CNAMEs belong")->allow_extra_args(false);
        set->add_option("--zone", options_.zone_file, "A zone file: these records instead");
        keep_cache(*set);
        CLI::App* const fix = verb(*customer, "fix", "Put it right", fix_customer);
        fix->add_option("DOMAIN", options_.domain)->required();
        keep_cache(*fix);
        CLI::App* const remove = verb(*customer, "remove", "Remove the zone", remove_customer);
        remove->add_option("DOMAIN", options_.domain)->required();
        keep_cache(*remove);
        CLI::App* const show = verb(*customer, "show", "One customer, and the zone", show_customer);
        show->add_option("DOMAIN", options_.domain)->required();
        verb(*customer, "list", "All customers", list_customers);
    }

    void others(CLI::App& app) {
        CLI::App* const clock = app.add_subcommand("clock", "The lab's time");
        clock->require_subcommand(1);
        verb(*clock, "show", "What time it is", show_clock);
        CLI::App* const advance =
            verb(*clock, "advance", "Let time pass, and all that is due in it happen", advance_clock);
        advance->add_option("DURATION", options_.duration, "25d, 36h, 15m, 30s")->required();
        CLI::App* const queries =
            verb(app, "queries", "What the lab was asked, the latest last", show_queries);
        queries->add_option("--name", options_.name, "Only this name and those below");
        CLI::Option* const limit = queries->add_option("--limit", options_.limit, "Only the latest so many");
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
