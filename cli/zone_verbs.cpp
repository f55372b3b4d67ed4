#include "cli/event_commands.hpp"
#include "cli/policy_commands.hpp"
#include "cli/verbs.hpp"
#include "cli/zone_commands.hpp"

namespace custdkim::cli {

namespace {

usage::Verb<ZoneOptions> add_zone_verb(CLI::App& zone, Action& chosen, const std::string& name,
                                       const std::string& what, int (*does)(const ZoneOptions&)) {
    const auto verb = usage::add_verb(zone, chosen, name, what, does);
    add_access(*verb.app, verb.options.access);
    return verb;
}

void add_export(CLI::App& zone, Action& chosen) {
    const auto [verb, options] = add_zone_verb(
        zone, chosen, "export", "Write a zone as a zone file, for any name server", export_zone);
    verb->add_option("ZONE", options.zone, "Name of the zone")->required();
    verb->add_option("--output", options.output, "File to write, in one step, instead of standard output")
        ->type_name("FILE");
    verb->footer(
        "BIND, NSD and Knot DNS load it as it is. A zone that changes meanwhile is begun anew, three times "
        "at the most; "
        "then it ends with 3. There is no `--json`: a zone file is a format of its own, and `GET "
        "/v1/zones/NAME/records` of the [API](api.md#zones) has the same records as JSON.\n\n"
        "Example: custdkim zone export example.net --output example.net.zone");
}

}  // namespace

void add_zone_verbs(CLI::App& program, Action& chosen) {
    CLI::App& zone =
        usage::add_verb_group(program, "zone", "List, export and reload the zones that are served");
    const auto list = add_zone_verb(zone, chosen, "list",
                                    "List all zones, with kind, serial and number of records", list_zones);
    list.app->footer("And whether PowerDNS keeps an active DNSSEC key for it here.");
    add_export(zone, chosen);
    const auto reload =
        add_zone_verb(zone, chosen, "reload", "Read the files of static zones again", reload_zones);
    reload.app->footer(
        "It prints which zones have changed. A broken file is told with its line; its zone keeps its last "
        "good contents, "
        "and the command ends with 1.");
    for (const auto& verb : {list, reload}) add_json(*verb.app, verb.options.json);
}

void add_event_verbs(CLI::App& program, Action& chosen) {
    CLI::App& event =
        usage::add_verb_group(program, "event", "The audit log: who did what to which key, and why");
    const auto list =
        usage::add_verb<EventOptions>(event, chosen, "list", "List all events, oldest first", list_events);
    list.app
        ->add_option("--limit", list.options.limit,
                     "Only the newest so many, still oldest first (default: all)")
        ->type_name("NUMBER")
        ->check(usage::whole_number(1, INT64_MAX));
    list.app->footer(
        "When, who, what, the domain, and why.\n\n"
        "Example: custdkim event list --limit 20");
    const auto follow =
        usage::add_verb<EventOptions>(event, chosen, "follow", "Print events as they happen", follow_events);
    follow.app->footer(
        "From now on, or from behind the event that `--after` names. It ends when it is interrupted. Where "
        "the connection "
        "ends, or the service starts anew, it goes on behind the last event that it has printed. With "
        "`--json` each event "
        "is a JSON document in a line of its own.\n\n"
        "Example: custdkim event follow --json | jq -r 'select(.action == \"hold\") | .domain'");
    for (const auto& verb : {list, follow}) {
        verb.app->add_option("--key", verb.options.key, "Only events of the key with this id")
            ->type_name("ID");
        verb.app->add_option("--after", verb.options.after, "Only events behind the one with this number")
            ->type_name("NUMBER")
            ->check(usage::whole_number(0, INT64_MAX));
        add_access(*verb.app, verb.options.access);
        add_json(*verb.app, verb.options.json);
    }
}

void add_policy_verbs(CLI::App& program, Action& chosen) {
    CLI::App& policy = usage::add_verb_group(program, "policy", "How the keys of each zone rotate");
    const auto list = usage::add_verb<PolicyOptions>(policy, chosen, "list",
                                                     "List the policies of all key zones", list_policies);
    const auto show = usage::add_verb<PolicyOptions>(
        policy, chosen, "show", "Show a key zone's policy, and the rules that keep mail verifiable under it",
        show_policy);
    show.app->add_option("ZONE", show.options.zone, "Name of the key zone")->required();
    for (const auto& verb : {list, show}) {
        add_access(*verb.app, verb.options.access);
        add_json(*verb.app, verb.options.json);
    }
}

}  // namespace custdkim::cli
