#include "cli/milter.hpp"
#include "cli/verbs.hpp"

namespace custdkim::cli {

namespace {

void add_socket_options(CLI::App& verb, MilterOptions& options) {
    verb.add_option("--listen", options.listen, "Where mail servers ask: `unix:PATH` or `inet:PORT@ADDRESS`")
        ->type_name("WHERE")
        ->required();
    verb.add_option("--socket-mode", options.socket_mode, "Mode of the unix socket, in octal")
        ->type_name("MODE")
        ->capture_default_str();
    verb.add_option("--socket-group", options.socket_group,
                    "Group of the unix socket, such as the mail server's (default: that of the process)")
        ->type_name("GROUP");
}

void add_rules(CLI::App& verb, MilterOptions& options) {
    verb.add_option("--org", options.org,
                    "Only keys of this organisation sign (default: those that the token is for)")
        ->type_name("ORG");
    verb.add_flag("--any-sender", options.any_sender,
                  "Sign whatever a key matches, without asking whether the From address may send");
    verb.add_option("--trusted", options.trusted,
                    "Clients whose mail is outgoing although they do not log in")
        ->type_name("CIDR");
    verb.add_option("--daemon-name", options.daemon_names,
                    "Mail that comes in by this door is outgoing (milter_macro_daemon_name in Postfix)")
        ->type_name("NAME");
    verb.add_flag("--all", options.all, "All mail is outgoing");
}

}  // namespace

void add_milter_verb(CLI::App& program, Action& chosen) {
    const auto [verb, options] = usage::add_verb<MilterOptions>(
        program, chosen, "milter", "Have the mail of Postfix or Sendmail signed, over the milter protocol",
        milter);
    add_socket_options(*verb, options);
    add_rules(*verb, options);
    add_access(*verb, options.access);
    verb->footer(
        "A client of the running service, on this machine or on another one; it holds no key. Outgoing is "
        "mail of clients that have logged in, of this machine, and of those that options name. What nothing "
        "may sign is rejected, or passes unsigned where its organisation has it so. While the service does "
        "not answer, mail is refused for now, and never passes unsigned. See "
        "[mail-servers.md](mail-servers.md).\n\n"
        "It runs until SIGTERM, in the foreground, and logs to standard error. A token is read at the start "
        "only, and one with the scope `sign` is enough.\n\n"
        "Example: custdkim milter --listen inet:8891@127.0.0.1 --token-file /etc/custdkim/milter.token");
}

}  // namespace custdkim::cli
