#include "base/time.hpp"
#include "cli/key_commands.hpp"
#include "cli/sign.hpp"
#include "cli/verbs.hpp"
#include "keys/key.hpp"
#include "keys/key_type.hpp"

namespace custdkim::cli {

namespace {

using KeyVerb = usage::Verb<KeyOptions>;

constexpr const char* one_key = "The key's id, or its domain where only one key has it";

KeyVerb add_key_verb(CLI::App& group, Action& chosen, const std::string& name, const std::string& what,
                     int (*does)(const KeyOptions&)) {
    const KeyVerb verb = usage::add_verb(group, chosen, name, what, does);
    add_access(*verb.app, verb.options.access);
    add_json(*verb.app, verb.options.json);
    return verb;
}

// A verb about one key.
KeyVerb add_order(CLI::App& group, Action& chosen, const std::string& name, const std::string& what,
                  int (*does)(const KeyOptions&)) {
    const KeyVerb verb = add_key_verb(group, chosen, name, what, does);
    verb.app->add_option("ID", verb.options.id, one_key)->required();
    return verb;
}

void add_create(CLI::App& key, Action& chosen) {
    const auto [create, options] =
        add_key_verb(key, chosen, "create",
                     "Make a key for a customer's domain, publish it, and print the CNAMEs", create_key);
    create
        ->add_option("DOMAIN", options.id,
                     "The customer's domain; it may hold U-labels. `.DOMAIN` is short for the match "
                     "`domain-and-subdomains`")
        ->required();
    create
        ->add_option(
            "--selector", options.selector,
            "First selector, a single label; all selectors are given or none (default: the first of s1, s2, "
            "... that the domain does not use)")
        ->type_name("S");
    create
        ->add_option("--alternate-selector", options.alternate_selector,
                     "Second selector (default: likewise)")
        ->type_name("S");
    create
        ->add_option("--third-selector", options.third_selector,
                     "Third selector, where keys have three slots (default: likewise)")
        ->type_name("S");
    create
        ->add_option("--match", options.match,
                     "From domains to sign for: `domain` (default), `subdomains`, `domain-and-subdomains`")
        ->type_name("MATCH")
        ->check(usage::checked_by(parse_domain_match));
    create
        ->add_option(
            "--type", options.type,
            "`rsa-2048` (default), `rsa-1024`, `rsa-4096`, which takes seconds to make, or `ed25519`")
        ->type_name("TYPE")
        ->check(usage::checked_by(parse_key_type));
    create->add_option("--zone", options.zone, "Key zone (default: the first one configured)")
        ->type_name("ZONE");
    create->add_option("--org", options.org, "Organisation that the key belongs to (default: default)")
        ->type_name("ORG");
    create->footer(
        "Example: custdkim key create acme.example --selector s1 --alternate-selector s2\n\n"
        "Example: custdkim key create müller.example --type ed25519 --json");
}

void add_list(CLI::App& key, Action& chosen) {
    const auto [list, options] =
        add_key_verb(key, chosen, "list", "List keys, oldest first, a line each", list_keys);
    CLI::Option* const domain =
        list->add_option("--domain", options.domain, "Only keys of this domain")->type_name("DOMAIN");
    list->add_option("--search", options.search,
                     "Only keys of domains that begin so, in the order of their domains")
        ->type_name("PREFIX")
        ->excludes(domain);
    list->add_option("--status", options.status, "Only keys that are `inactive`, `active` or `held`")
        ->type_name("STATUS")
        ->check(usage::one_of({"inactive", "active", "held"}));
    list->add_option("--org", options.org, "Only keys of this organisation")->type_name("ORG");
    list->add_flag("--failing", options.failing, "Only active keys of which a CNAME is seen to be wrong");
    list->add_option("--limit", options.limit, "So many keys at the most (default: all)")
        ->type_name("NUMBER")
        ->check(usage::whole_number(1, INT64_MAX));
    list->add_option("--after", options.after, "Go on behind a list that was limited: what its `next` says")
        ->type_name("NEXT");
    list->add_flag("--csv", options.csv, "Print comma-separated values (RFC 4180) instead of a table")
        ->excludes("--json")
        ->group("Service options");
    list->footer(
        "Deleted keys are listed, too, as long as their records stay. With `--json`, `next` is null unless "
        "`--limit` left keys out.\n\n"
        "Example: custdkim key list --json | jq -r '.keys[].domain'");
}

void add_waiting(const KeyVerb& verb) {
    CLI::Option* const wait =
        verb.app
            ->add_flag(
                "--wait{30m}", verb.options.wait,
                "Look again and again until all is well, for 30 minutes or DURATION at the most (`0s`: for "
                "ever): after 10 s at first, later every minute. What changes is told on standard error, a "
                "line "
                "each. When the time is over, it ends with the last findings, as without. Interrupt it at "
                "any "
                "time")
            ->type_name("DURATION");
    verb.app->add_option("--poll", verb.options.poll, "With `--wait`: time between the first looks")
        ->type_name("DURATION")
        ->check(usage::checked_by(parse_duration))
        ->capture_default_str()
        ->needs(wait);
}

void add_force(const KeyVerb& activate) {
    CLI::Option* const reason =
        activate.app
            ->add_option("--reason", activate.options.reason, "With `--force`: why, for the audit log")
            ->type_name("TEXT");
    CLI::Option* const force = activate.app->add_flag(
        "--force", activate.options.force,
        "Let the key sign although CNAMEs are not right, only where the configuration has "
        "`[activation] allow_force = true`. Mail fails DKIM for as long as they are not");
    force->needs(reason)->excludes("--wait");
    reason->needs(force);
}

void add_looks(CLI::App& key, Action& chosen) {
    const KeyVerb verify = add_order(key, chosen, "verify",
                                     "Look at the customer's CNAMEs now, and say what is there", verify_key);
    add_waiting(verify);
    verify.app->footer(
        "It prints for each CNAME the cause, what was seen, how to mend it, and the evidence. It ends with 0 "
        "if all are "
        "right, 1 if one is wrong, and 3 if it could not be told.");
    const KeyVerb activate = add_order(key, chosen, "activate",
                                       "Let a key sign, if the customer's CNAMEs are right", activate_key);
    add_waiting(activate);
    add_force(activate);
    activate.app->footer(
        "It looks as `key verify` does. If not all are right it prints the same, and ends likewise.\n\n"
        "Example: custdkim key activate acme.example --wait=2h");
    add_order(key, chosen, "deactivate", "Let a key sign no more; its records stay", deactivate_key)
        .app->footer("It can be activated again.");
}

void add_ends(CLI::App& key, Action& chosen) {
    const KeyVerb rotate = add_order(
        key, chosen, "rotate", "Move signing to a new pair as soon as no mail is lost by it", rotate_key);
    rotate.app->add_flag("--compromised", rotate.options.compromised,
                         "The private key has leaked: hurry, and revoke the pair that signs");
    rotate.app->footer(
        "It says when that is, and why. With `--compromised` it first tells on standard error which mail "
        "will not "
        "verify.\n\n"
        "Example: custdkim key rotate acme.example --dry-run");
    const KeyVerb revoke =
        add_order(key, chosen, "revoke",
                  "Revoke all pairs of a key at once and for good; mail under way is lost", revoke_key);
    revoke.app->footer("Which mail that is, it tells first.");
    for (const KeyVerb& verb : {rotate, revoke}) {
        verb.app->add_flag("--dry-run", verb.options.only_tell, "Only tell what would happen");
    }
    add_order(key, chosen, "delete",
              "Delete a key: it signs no more at once, its records go when no mail can need them", delete_key)
        .app->footer(
            "Its private keys are destroyed. If it never signed its records go at once.\n\n"
            "Example: custdkim key delete acme.example");
}

void add_lease(CLI::App& key, Action& chosen) {
    const KeyVerb lease =
        add_order(key, chosen, "lease", "Get the private key of the pair that signs, for a while", lease_key);
    lease.app
        ->add_option(
            "--for", lease.options.lease_for,
            "For how long (default: as long as `[sending] lease` allows); it ends when signing moves at "
            "the latest")
        ->type_name("DURATION")
        ->check(usage::checked_by(parse_duration));
    lease.app
        ->add_option("--output", lease.options.output,
                     "File to write, in one step, that only its owner may read (default: standard output)")
        ->type_name("FILE");
    lease.app->footer(
        "For mail servers that sign by themselves. It needs a token with the scope `lease`, and stands in "
        "the "
        "audit log. From the moment on that it tells, mail must be signed with what the next lease gives.\n\n"
        "Example: custdkim key lease acme.example --for 1h --output acme.key --json");
}

}  // namespace

void add_access(CLI::App& verb, ApiAccess& access) {
    verb.add_option("--api", access.url, "URL of the service's API")
        ->type_name("URL")
        ->envname("CUSTDKIM_API")
        ->capture_default_str()
        ->group("Service options");
    verb.add_option("--token-file", access.token_file,
                    "File with a token of the API; where the usual one is not there, none is sent")
        ->type_name("FILE")
        ->envname("CUSTDKIM_TOKEN_FILE")
        ->capture_default_str()
        ->group("Service options");
    verb.add_option("--ca-file", access.ca_file,
                    "PEM file of those who vouch for the API's certificate, if not the system's own")
        ->type_name("FILE")
        ->envname("CUSTDKIM_CA_FILE")
        ->group("Service options");
}

void add_json(CLI::App& verb, bool& json) {
    verb.add_flag("--json", json,
                  "Print exactly one JSON document on standard output, as [api.md](api.md) describes it, "
                  "instead of text; of a refusal, too")
        ->group("Service options");
}

void add_key_verbs(CLI::App& program, Action& chosen) {
    CLI::App& key =
        usage::add_verb_group(program, "key", "Create, look at and delete keys of customers' domains");
    add_create(key, chosen);
    add_list(key, chosen);
    add_order(key, chosen, "show", "Show a key, and the CNAMEs that its customer publishes", show_key);
    add_order(key, chosen, "timeline", "Show what was and what will be published of a key, slot by slot",
              show_timeline)
        .app->footer("And the steps that are planned, if nothing is in the way.");
    add_looks(key, chosen);
    add_ends(key, chosen);
    add_lease(key, chosen);
}

void add_sign_verb(CLI::App& program, Action& chosen) {
    add_key_verb(program, chosen, "sign",
                 "Sign the message on standard input with the key of its From domain", sign_standard_input)
        .app->footer(
            "It writes the message to standard output with its DKIM-Signature in front. The key is the "
            "active one of the "
            "From domain, or of the nearest domain above whose match covers it. Line ends stay as they are, "
            "CRLF or LF; "
            "what is signed is CRLF, as it goes over SMTP. With `--json` only the signatures are printed, "
            "and "
            "which keys made them.\n\n"
            "Example: custdkim sign < message.eml > signed.eml");
}

}  // namespace custdkim::cli
