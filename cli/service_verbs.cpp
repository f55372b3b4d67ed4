#include "backend/pipe_relay.hpp"
#include "cli/config_commands.hpp"
#include "cli/health.hpp"
#include "cli/pipe.hpp"
#include "cli/serve.hpp"
#include "cli/verbs.hpp"
#include "service/config.hpp"
#include "service/pdns_config.hpp"

namespace custdkim::cli {

namespace {

struct ServeOptions {
    std::filesystem::path config = usual_config;
};

void add_config(CLI::App& verb, std::filesystem::path& config) {
    verb.add_option("--config", config, "The configuration; see [configuration.md](configuration.md)")
        ->type_name("FILE")
        ->capture_default_str();
}

CLI::Option* add_plain_json(CLI::App& verb, bool& json) {
    return verb.add_flag("--json", json,
                         "Print exactly one JSON document on standard output instead of text");
}

void add_pdns_config(CLI::App& program, Action& chosen) {
    const auto [verb, options] = usage::add_verb<PdnsConfigOptions>(
        program, chosen, "pdns-config", "Print the PowerDNS settings that fit, with reasons",
        print_pdns_config);
    add_config(*verb, options.config);
    verb->add_option("--connector", options.connector, "How PowerDNS reaches custdkim: " + connector_names())
        ->type_name("CONNECTOR")
        ->capture_default_str();
    verb->add_option("--output", options.output,
                     "File to write, in one step and with mode 0640, instead of standard output")
        ->type_name("FILE")
        ->excludes(add_plain_json(*verb, options.json));
    verb->footer(
        "It is a fragment for `pdns.conf`. With a token for the HTTP connector, the token is in it. The "
        "connectors are "
        "in [protocol.md](protocol.md#connectors). With `--json` the document has `connector`, and "
        "`settings` "
        "with "
        "`name`, `value` and `reason` each.");
}

void add_pipe(CLI::App& program, Action& chosen) {
    const auto [verb, options] = usage::add_verb<PipeOptions>(
        program, chosen, "pipe",
        "Started by PowerDNS: pass its requests on to the running service, and outlive its restarts", pipe);
    CLI::Option* const socket =
        verb->add_option("--socket", options.socket,
                         "The service's socket (default: " + BackendConfig().unix_socket.string() + ")")
            ->type_name("FILE");
    verb->add_option("--config", options.config, "The configuration that names the socket, instead")
        ->type_name("FILE")
        ->excludes(socket);
    verb->add_option("--patience", options.patience_milliseconds,
                     "How long a request may wait for the service and for its reply to begin")
        ->type_name("MILLISECONDS")
        ->capture_default_str()
        ->check(usage::whole_number(1, 600'000));
    verb->footer(
        "Not for people: PowerDNS starts it, with `remote-connection-string=pipe:command=/usr/bin/custdkim "
        "pipe,timeout=0`. It waits for a service that restarts, and ends with its input. It reads the "
        "configuration only "
        "with `--config`.");
}

void add_health(CLI::App& program, Action& chosen) {
    const auto [verb, options] = usage::add_verb<HealthOptions>(
        program, chosen, "health", "Ask whether the service, or a lab, is there and serves; needs no token",
        health);
    verb->add_option("--api", options.url, "URL of the service's API, or of a lab's")
        ->type_name("URL")
        ->envname("CUSTDKIM_API")
        ->capture_default_str();
    verb->add_option("--ca-file", options.ca_file,
                     "PEM file of those who vouch for the API's certificate, if not the system's own")
        ->type_name("FILE")
        ->envname("CUSTDKIM_CA_FILE");
    add_plain_json(*verb, options.json);
    verb->footer(
        "It ends with 0 if so, with 1 if what answers says something else, and with 3 if nothing answers "
        "within five "
        "seconds.");
}

}  // namespace

void add_service_verbs(CLI::App& program, Action& chosen) {
    const auto [serving, serve_options] = usage::add_verb<ServeOptions>(
        program, chosen, "serve", "Serve the key zones to PowerDNS, and the API",
        [](const ServeOptions& options) { return serve(options.config); });
    add_config(*serving, serve_options.config);
    serving->footer(
        "It opens the store, loads the keys, then serves the key zones to PowerDNS on a unix socket and the "
        "API on "
        "loopback, or where the configuration has it, until SIGTERM or SIGINT. It stays in the foreground "
        "and logs to "
        "standard error.");
    const auto [checking, check_options] = usage::add_verb<CheckConfigOptions>(
        program, chosen, "check-config", "Check the configuration and the files it names", check_config);
    add_config(*checking, check_options.config);
    add_plain_json(*checking, check_options.json);
    checking->footer(
        "It reads the configuration, the master key, the token and all zone files, and tells every problem. "
        "It opens "
        "neither the store nor a socket. It ends with 0 if there is none, and with 2 otherwise.\n\n"
        "With `--json` the document has `ok` and `problems`, each with `file`, `line` and `message`; `file` "
        "and "
        "`line` are null where there is none.\n\n"
        "Example: custdkim check-config --json | jq -r '.problems[].message'");
    add_pdns_config(program, chosen);
    add_pipe(program, chosen);
    add_health(program, chosen);
}

}  // namespace custdkim::cli
