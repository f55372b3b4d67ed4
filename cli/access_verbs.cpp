#include "base/time.hpp"
#include "cli/access_commands.hpp"
#include "cli/verbs.hpp"
#include "keys/access.hpp"
#include "keys/access_store.hpp"

namespace custdkim::cli {

namespace {

template <typename Options>
usage::Verb<Options> add_access_verb(CLI::App& group, Action& chosen, const std::string& name,
                                     const std::string& what, int (*does)(const Options&)) {
    const auto verb = usage::add_verb(group, chosen, name, what, does);
    add_access(*verb.app, verb.options.access);
    add_json(*verb.app, verb.options.json);
    return verb;
}

void add_token_create(CLI::App& token, Action& chosen) {
    const auto [create, options] =
        add_access_verb(token, chosen, "create", "Make a token, and show it this once", create_token);
    create->add_option("NAME", options.name, "What the audit log calls its bearer: `token:NAME`")->required();
    create
        ->add_option("--scope", options.scopes,
                     "What it opens, with commas between: `read`, `operate` (change keys), `sign`, `lease` "
                     "(private keys), "
                     "`admin` (all)")
        ->type_name("SCOPE[,SCOPE]...")
        ->check(usage::checked_by(parse_scopes))
        ->required();
    create->add_option("--org", options.org, "Only what belongs to this organisation (default: to any)")
        ->type_name("ORG");
    create->add_option("--expires", options.expires, "After how long it ends, like 90d (default: never)")
        ->type_name("DURATION")
        ->check(usage::checked_by(parse_duration));
    create
        ->add_option("--output", options.output,
                     "File to write, in one step, that only its owner may read (default: standard output)")
        ->type_name("FILE");
    create->footer(
        "The service keeps a digest only: nobody can show the token again.\n\n"
        "Example: custdkim token create mailer --scope sign --expires 90d --output mailer.token");
}

}  // namespace

void add_token_verbs(CLI::App& program, Action& chosen) {
    CLI::App& token =
        usage::add_verb_group(program, "token", "Who may use the API: make, list and revoke tokens");
    add_token_create(token, chosen);
    add_access_verb(token, chosen, "list", "List tokens, oldest first", list_tokens)
        .app->footer("Those that were revoked or have expired stay in the list for 90 days.");
    const auto revoke = add_access_verb(
        token, chosen, "revoke", "Revoke a token: it opens nothing from the next request on", revoke_token);
    revoke.app
        ->add_option("TOKEN", revoke.options.name,
                     "The token's id, which `token list` shows, or its name where only one live token has it")
        ->required();
    revoke.app->footer("The operator's, of [api] token_file, ends by another file and a restart.");
}

void add_org_verbs(CLI::App& program, Action& chosen) {
    CLI::App& org = usage::add_verb_group(program, "org", "Organisations: whose keys are whose");
    const auto create = add_access_verb(org, chosen, "create", "Make an organisation", create_org);
    create.app->add_option("--description", create.options.description, "One line for people")
        ->type_name("TEXT");
    create.app->footer(
        "It comes into being with its first key, too.\n\n"
        "Example: custdkim org create acme --description 'Acme Ltd.'");
    add_access_verb(org, chosen, "list", "List organisations, by name", list_orgs);
    const auto show = add_access_verb(
        org, chosen, "show", "Show an organisation, with how many keys of each status it has", show_org);
    const auto set = add_access_verb(
        org, chosen, "set",
        "Change what an organisation's senders must prove, and what becomes of other mail", set_org);
    set.app
        ->add_option(
            "--user-verification", set.options.user_verification,
            "`required` (default), or `off`: mail may be from any address of a domain with an active "
            "key. Whoever can hand in mail can then send as anybody there")
        ->type_name("required|off")
        ->check(usage::one_of({"required", "off"}));
    set.app
        ->add_option("--unsigned", set.options.unsigned_mail,
                     "What the milter does with mail that nothing may sign: `reject` (default) or `pass`")
        ->type_name("reject|pass")
        ->check(usage::checked_by(parse_unsigned_mail));
    set.app->add_option("--description", set.options.description, "One line for people")->type_name("TEXT");
    set.app->footer("Example: custdkim org set acme --unsigned pass");
    const auto erase =
        add_access_verb(org, chosen, "delete", "Delete an organisation that has no keys", delete_org);
    erase.app->footer("Its tokens are revoked first: custdkim token revoke.");
    for (const auto& verb : {create, show, set, erase}) {
        verb.app->add_option("ORG", verb.options.name, "The organisation's name")->required();
    }
}

}  // namespace custdkim::cli
