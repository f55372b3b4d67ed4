#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <exception>
#include <functional>
#include <iostream>
#include <list>

#include "cli/diagnose.hpp"
#include "cli/health.hpp"
#include "cli/key_commands.hpp"
#include "cli/lookup.hpp"
#include "cli/outcome.hpp"
#include "cli/pipe.hpp"
#include "cli/serve.hpp"
#include "cli/sign.hpp"
#include "cli/zone_commands.hpp"
#include "service/config.hpp"
#include "service/pdns_config.hpp"

namespace custdkim::cli {

namespace {

constexpr const char* footer =
    "Exit codes: 0 yes or done, 1 no (not found, refused), 2 wrong usage or configuration,\n"
    "3 could not tell or could not reach.";

constexpr const char* json_flag = "Print one JSON document instead of text";

// What parsing chose to do.
struct Choice {
    std::function<int()> action;
    std::string config = "/etc/custdkim/custdkim.toml";
    // One for each verb: CLI11 applies environment variables to the verbs that were not chosen, too.
    std::list<KeyOptions> keys;
    std::list<ZoneOptions> zones;
    HealthOptions health;
    DiagnoseOptions diagnose;
    LookupOptions lookup;
    PipeOptions pipe;
    PdnsConfigOptions pdns_config;
};

struct KeyVerb {
    CLI::App* app;
    KeyOptions& options;
};

void add_config_verb(CLI::App& app, Choice& choice, const std::string& name, const std::string& what,
                     int (*action)(const std::filesystem::path&)) {
    CLI::App* const verb = app.add_subcommand(name, what);
    verb->add_option("--config", choice.config, "The configuration file")->capture_default_str();
    verb->callback(
        [&choice, action] { choice.action = [&choice, action] { return action(choice.config); }; });
}

void add_pdns_config(CLI::App& app, Choice& choice) {
    CLI::App* const verb =
        app.add_subcommand("pdns-config", "Print the PowerDNS settings that fit, with reasons");
    verb->add_option("--config", choice.config, "The configuration file")->capture_default_str();
    verb->add_option("--connector", choice.pdns_config.connector,
                     "How PowerDNS reaches custdkim: " + connector_names())
        ->capture_default_str();
    verb->add_option("--output", choice.pdns_config.output,
                     "File to write, in one step (default: standard output)");
    verb->callback([&choice] {
        choice.action = [&choice] {
            choice.pdns_config.config = choice.config;
            return print_pdns_config(choice.pdns_config);
        };
    });
}

void add_pipe(CLI::App& app, Choice& choice) {
    CLI::App* const verb = app.add_subcommand(
        "pipe", "Started by PowerDNS: pass its requests on to the running service, and outlive its restarts");
    PipeOptions& options = choice.pipe;
    CLI::Option* const socket =
        verb->add_option("--socket", options.socket,
                         "The service's socket (default: " + BackendConfig().unix_socket.string() + ")");
    verb->add_option("--config", options.config, "The configuration file that names the socket")
        ->excludes(socket);
    verb->add_option("--patience", options.patience_milliseconds,
                     "Milliseconds that a request may wait for the service and for its reply to begin")
        ->capture_default_str()
        ->check(CLI::Range(1L, 600'000L));
    verb->callback([&choice] { choice.action = [&choice] { return pipe(choice.pipe); }; });
    verb->footer("In pdns.conf: remote-connection-string=pipe:command=/usr/bin/custdkim pipe,timeout=0");
}

void add_access(CLI::App& verb, ApiAccess& access) {
    verb.add_option("--api", access.url, "URL of the service's API")
        ->envname("CUSTDKIM_API")
        ->capture_default_str();
    verb.add_option("--token-file", access.token_file, "File with the API's token")
        ->envname("CUSTDKIM_TOKEN_FILE")
        ->capture_default_str();
}

KeyVerb add_key_verb(CLI::App& key, Choice& choice, const std::string& name, const std::string& what,
                     int (*action)(const KeyOptions&)) {
    CLI::App* const verb = key.add_subcommand(name, what);
    KeyOptions& options = choice.keys.emplace_back();
    add_access(*verb, options.access);
    verb->add_flag("--json", options.json, json_flag);
    verb->callback(
        [&choice, &options, action] { choice.action = [&options, action] { return action(options); }; });
    return {verb, options};
}

void add_create(CLI::App& key, Choice& choice) {
    const auto [create, options] =
        add_key_verb(key, choice, "create",
                     "Make a key for a customer's domain, publish it, and print the CNAMEs", create_key);
    create->add_option("DOMAIN", options.id, "The customer's domain; Unicode is understood")->required();
    create->add_option("--selector", options.selector,
                       "First selector (default: the first free of s1, s2, ...)");
    create->add_option("--alternate-selector", options.alternate_selector,
                       "Second selector (default: likewise)");
    create->add_option("--third-selector", options.third_selector,
                       "Third selector, where keys have three slots (default: likewise)");
    create->add_option("--match", options.match,
                       "From domains to sign for: domain (default), subdomains, domain-and-subdomains");
    create->add_option("--type", options.type, "rsa-2048 (default), rsa-1024, rsa-4096, ed25519");
    create->add_option("--zone", options.zone, "Key zone (default: the first one configured)");
    create->add_option("--org", options.org, "Organisation that the key belongs to (default: default)");
    create->footer("Example: custdkim key create acme.example --selector s1 --alternate-selector s2");
}

void add_waiting(const KeyVerb& verb) {
    CLI::Option* const wait =
        verb.app->add_flag("--wait{30m}", verb.options.wait,
                           "Look again until all is well, for 30m or --wait=DURATION; 0s: for ever");
    verb.app->add_option("--poll", verb.options.poll, "With --wait: time between the first looks")
        ->capture_default_str()
        ->needs(wait);
}

void add_force(const KeyVerb& activate) {
    CLI::Option* const reason =
        activate.app->add_option("--reason", activate.options.reason, "With --force: why, for the audit log");
    CLI::Option* const force =
        activate.app->add_flag("--force", activate.options.force,
                               "Although CNAMEs are not right; only where the configuration allows that");
    force->needs(reason)->excludes("--wait");
    reason->needs(force);
}

void add_key_verbs(CLI::App& app, Choice& choice) {
    CLI::App* const key = app.add_subcommand("key", "Create, look at and delete keys of customers' domains");
    key->require_subcommand(1);
    add_create(*key, choice);
    const KeyVerb list = add_key_verb(*key, choice, "list", "List all keys, oldest first", list_keys);
    list.app->add_option("--domain", list.options.domain, "Only keys of this domain");
    list.app->add_option("--status", list.options.status, "Only keys that are inactive, active or held");
    const KeyVerb show = add_key_verb(*key, choice, "show",
                                      "Show a key, and the CNAMEs that its customer publishes", show_key);
    const KeyVerb erase = add_key_verb(
        *key, choice, "delete",
        "Delete a key: it signs no more at once, its records go when no mail can need them", delete_key);
    const KeyVerb verify = add_key_verb(
        *key, choice, "verify", "Look at the customer's CNAMEs now, and say what is there", verify_key);
    const KeyVerb activate = add_key_verb(*key, choice, "activate",
                                          "Let a key sign, if the customer's CNAMEs are right", activate_key);
    add_waiting(verify);
    add_waiting(activate);
    add_force(activate);
    const KeyVerb deactivate =
        add_key_verb(*key, choice, "deactivate", "Let a key sign no more; its records stay", deactivate_key);
    const KeyVerb rotate = add_key_verb(
        *key, choice, "rotate", "Move signing to a new pair as soon as no mail is lost by it", rotate_key);
    rotate.app->add_flag("--compromised", rotate.options.compromised,
                         "The private key has leaked: hurry, and revoke the pair that signs");
    const KeyVerb revoke =
        add_key_verb(*key, choice, "revoke",
                     "Revoke all pairs of a key at once and for good; mail under way is lost", revoke_key);
    for (const KeyVerb& verb : {rotate, revoke}) {
        verb.app->add_flag("--dry-run", verb.options.only_tell, "Only tell what would happen");
    }
    for (const KeyVerb& verb : {show, erase, verify, activate, deactivate, rotate, revoke}) {
        verb.app->add_option("ID", verb.options.id, "The key's id, or its domain where only one key has it")
            ->required();
    }
}

void add_zone_verbs(CLI::App& app, Choice& choice) {
    CLI::App* const zone = app.add_subcommand("zone", "List, export and reload the zones that are served");
    zone->require_subcommand(1);
    const auto add = [&](const std::string& name, const std::string& what,
                         int (*action)(const ZoneOptions&)) {
        CLI::App* const verb = zone->add_subcommand(name, what);
        ZoneOptions& options = choice.zones.emplace_back();
        add_access(*verb, options.access);
        verb->callback(
            [&choice, &options, action] { choice.action = [&options, action] { return action(options); }; });
        return std::pair<CLI::App*, ZoneOptions*>(verb, &options);
    };
    const auto list = add("list", "List all zones, with kind, serial and number of records", list_zones);
    const auto reload = add("reload", "Read the files of static zones again", reload_zones);
    for (const auto& verb : {list, reload}) verb.first->add_flag("--json", verb.second->json, json_flag);
    const auto written = add("export", "Write a zone as a zone file, for any name server", export_zone);
    written.first->add_option("ZONE", written.second->zone, "Name of the zone")->required();
    written.first->add_option("--output", written.second->output,
                              "File to write, in one step (default: standard output)");
    written.first->footer("Example: custdkim zone export example.net --output example.net.zone");
}

void add_event_verbs(CLI::App& app, Choice& choice) {
    CLI::App* const event = app.add_subcommand("event", "The audit log: who did what to which key, and why");
    event->require_subcommand(1);
    const KeyVerb list = add_key_verb(*event, choice, "list", "List all events, oldest first", list_events);
    list.app->add_option("--key", list.options.id, "Only events of the key with this id");
}

void add_view_options(CLI::App& verb, ViewOptions& view) {
    verb.add_option(
        "--resolver", view.resolvers,
        "ADDR[:PORT] of a recursive resolver to see through (default: iterate from the root); may be "
        "given again");
    verb.add_option("--root-hints", view.root_hints, "File with the root's name servers, if others");
    verb.add_option("--trust-anchor", view.trust_anchor, "File with the DNSSEC trust anchor, if another");
    verb.add_option(
        "--allow", view.allow,
        "Address range that may be asked although special-purpose, like 127.0.0.0/8; may be given "
        "again");
    verb.add_option("--deadline", view.deadline, "How long to wait for what decides")->capture_default_str();
    verb.add_flag("--json", view.json, "Print one JSON document instead of text");
}

void add_health(CLI::App& app, Choice& choice) {
    CLI::App* const verb = app.add_subcommand(
        "health", "Ask whether the service, or a lab, is there and serves; needs no token");
    HealthOptions& options = choice.health;
    verb->add_option("--api", options.url, "URL of the service's API, or of a lab's")
        ->envname("CUSTDKIM_API")
        ->capture_default_str();
    verb->add_flag("--json", options.json, json_flag);
    verb->callback([&choice] { choice.action = [&choice] { return health(choice.health); }; });
}

void add_diagnose(CLI::App& app, Choice& choice) {
    CLI::App* const verb = app.add_subcommand(
        "diagnose", "Look at a customer's CNAME, and say why it does not work; needs no daemon");
    DiagnoseOptions& options = choice.diagnose;
    verb->add_option("--domain", options.domain, "The customer's domain; Unicode is understood")->required();
    verb->add_option("--selector", options.selector,
                     "The selector: the CNAME is at SELECTOR._domainkey.DOMAIN")
        ->required();
    verb->add_option("--target", options.target, "Where the CNAME has to lead")->required();
    verb->add_option("--text", options.text,
                     "The TXT that is published at the target (default: any key record)");
    verb->add_option("--alternate", options.alternates,
                     "SELECTOR=TARGET of the domain's other CNAME; may be given again");
    verb->add_flag("--strict", options.strict, "Insist that the CNAME itself is the target: no further hops");
    verb->add_option("--port", options.view.port, "Port of the name servers, for a lab")
        ->capture_default_str();
    add_view_options(*verb, options.view);
    verb->callback([&choice] { choice.action = [&choice] { return diagnose(choice.diagnose); }; });
    verb->footer(
        "Example: custdkim diagnose --domain acme.example --selector s1 --target "
        "s1.q7w2ka.custdkim.example.net");
}

void add_lookup(CLI::App& app, Choice& choice) {
    CLI::App* const verb = app.add_subcommand(
        "lookup", "Ask the DNS one question, and print the answer as dig does; needs no daemon");
    LookupOptions& options = choice.lookup;
    verb->add_option("TYPE", options.type, "Type of the record: CNAME, TXT, SOA, ...")->required();
    verb->add_option("NAME", options.name, "The name; Unicode is understood")->required();
    add_view_options(*verb, options.view);
    verb->callback([&choice] { choice.action = [&choice] { return lookup(choice.lookup); }; });
    verb->footer("Example: custdkim lookup CNAME s1._domainkey.acme.example --resolver 9.9.9.9");
}

// CLI11 tells of what is missing before it tells of what it does not know, and of that backwards.
std::string explain(const CLI::App& app, const CLI::ParseError& error) {
    const auto code = static_cast<CLI::ExitCodes>(error.get_exit_code());
    auto unknown = app.remaining(true);
    std::erase(unknown, "--");
    const bool because = code == CLI::ExitCodes::RequiredError || code == CLI::ExitCodes::ExtrasError;
    return because && !unknown.empty() ? "'" + unknown.front() + "' is not known here" : error.what();
}

}  // namespace

int run(int argc, char** argv) {
    CLI::App app("DKIM keys in customers' domains, behind PowerDNS: created, published and rotated.",
                 "custdkim");
    app.set_version_flag("--version", std::string("custdkim ") + CUSTDKIM_VERSION);
    app.require_subcommand(1);
    app.footer(footer);
    app.get_formatter()->column_width(34);

    Choice choice;
    add_config_verb(app, choice, "serve", "Serve the key zones to PowerDNS, and the API", serve);
    add_config_verb(app, choice, "check-config", "Check the configuration and the files it names",
                    check_config);
    add_pdns_config(app, choice);
    add_pipe(app, choice);
    add_health(app, choice);
    add_key_verbs(app, choice);
    add_event_verbs(app, choice);
    add_zone_verbs(app, choice);
    add_diagnose(app, choice);
    add_lookup(app, choice);
    add_key_verb(app, choice, "sign", "Sign the message on standard input with the key of its From domain",
                 sign_standard_input)
        .app->footer("Example: custdkim sign < message.eml > signed.eml");
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& success) {  // --help, --version
        return app.exit(success);
    } catch (const CLI::ParseError& error) {
        return fail(Exit::wrong, explain(app, error) + "; see --help");
    }
    try {
        return choice.action();
    } catch (const std::exception& exception) {
        return fail(Exit::unknown, std::string("failed: ") + exception.what());
    }
}

}  // namespace custdkim::cli
