#include "cli/sender_commands.hpp"
#include "cli/verbs.hpp"

namespace custdkim::cli {

namespace {

using SenderVerb = usage::Verb<SenderOptions>;

SenderVerb add_sender_verb(CLI::App& group, Action& chosen, const std::string& name, const std::string& what,
                           int (*does)(const SenderOptions&), const char* org) {
    const SenderVerb verb = usage::add_verb(group, chosen, name, what, does);
    add_access(*verb.app, verb.options.access);
    add_json(*verb.app, verb.options.json);
    if (org) verb.app->add_option("--org", verb.options.org, org)->type_name("ORG");
    return verb;
}

void add_address(const SenderVerb& verb) {
    verb.app->add_option("ADDRESS", verb.options.what, "Like news@acme.example")->required();
}

void add_csv(const SenderVerb& verb) {
    verb.app
        ->add_flag("--csv", verb.options.csv, "Print comma-separated values (RFC 4180) instead of a table")
        ->excludes("--json")
        ->group("Service options");
}

void add_check(CLI::App& sender, Action& chosen) {
    const auto check =
        add_sender_verb(sender, chosen, "check",
                        "Tell whether an address may send, which key would sign, and why", check_sender,
                        "By the rules of this organisation (default: of those that have an "
                        "active key of the domain; one is enough)");
    add_address(check);
    check.app->footer(
        "An address may send if its whole domain has an active key (one of a domain above does not count), "
        "and "
        "if the address is confirmed; `org set --user-verification` can do without the second. It ends with "
        "0 "
        "if the address may send, and with 1 if not.\n\n"
        "Example: custdkim sender check news@acme.example");
}

void add_list(CLI::App& sender, Action& chosen) {
    const auto list = add_sender_verb(sender, chosen, "list", "List addresses, oldest first", list_senders,
                                      "Only of this organisation");
    list.app->add_option("--domain", list.options.domain, "Only of this domain")->type_name("DOMAIN");
    list.app
        ->add_option("--status", list.options.status,
                     "Only those that are `confirmed`, or `waiting` for their code")
        ->type_name("STATUS")
        ->check(usage::one_of({"confirmed", "waiting"}));
    add_csv(list);
}

}  // namespace

void add_sender_verbs(CLI::App& program, Action& chosen) {
    CLI::App& sender = usage::add_verb_group(program, "sender", "Which addresses may send");
    constexpr const char* whose = "Organisation that the address belongs to (default: default)";
    add_check(sender, chosen);
    const auto add = add_sender_verb(
        sender, chosen, "add", "Enter an address, and print the code that confirms it", add_sender, whose);
    add_address(add);
    add.app->footer(
        "Send the code to the address: whoever brings it back reads mail there. It ends after seven days; "
        "for "
        "an address that waits, this makes another one, and the one before confirms nothing any more.\n\n"
        "Example: custdkim sender add news@acme.example --org acme");
    const auto confirm =
        add_sender_verb(sender, chosen, "confirm", "Confirm an address with the code that was sent there",
                        confirm_sender, nullptr);
    confirm.app->add_option("CODE", confirm.options.what, "What `sender add` printed")->required();
    add_list(sender, chosen);
    const auto remove =
        add_sender_verb(sender, chosen, "remove", "Let an address send no more", remove_sender, whose);
    add_address(remove);
}

void add_domain_verbs(CLI::App& program, Action& chosen) {
    CLI::App& domain = usage::add_verb_group(program, "domain", "Which domains mail may be from");
    const auto list = add_sender_verb(domain, chosen, "list",
                                      "List the domains that have an active key, a line "
                                      "for each key",
                                      list_domains, "Only of this organisation");
    list.app->add_option("--domain", list.options.domain, "Only this domain")->type_name("DOMAIN");
    add_csv(list);
    list.app->footer("Example: custdkim domain list --csv > domains.csv");
}

}  // namespace custdkim::cli
