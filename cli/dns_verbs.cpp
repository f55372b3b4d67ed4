#include "cli/diagnose.hpp"
#include "cli/lookup.hpp"
#include "cli/verbs.hpp"

namespace custdkim::cli {

namespace {

constexpr const char* view_group = "View options";

void add_view_options(CLI::App& verb, ViewOptions& view) {
    verb.add_option("--resolver", view.resolvers,
                    "A recursive resolver to see through, one after the other until one can tell (default: "
                    "iterate from "
                    "the root)")
        ->type_name("ADDR[:PORT]")
        ->group(view_group);
    verb.add_option("--root-hints", view.root_hints,
                    "The root's name servers, where they are not the internet's. With `--resolver`, where "
                    "delegations "
                    "are walked from")
        ->type_name("FILE")
        ->group(view_group);
    verb.add_option(
            "--trust-anchor", view.trust_anchor,
            "The DNSSEC trust anchor, if another. With `--resolver`, it makes custdkim validate what the "
            "resolver says")
        ->type_name("FILE")
        ->group(view_group);
    verb.add_option("--allow", view.allow,
                    "Addresses that may be asked although they are special-purpose, such as 127.0.0.0/8")
        ->type_name("CIDR")
        ->group(view_group);
    verb.add_option("--deadline", view.deadline, "How long to wait for what decides, from 1s to 60s")
        ->type_name("DURATION")
        ->capture_default_str()
        ->group(view_group);
    verb.add_flag("--json", view.json, "Print exactly one JSON document on standard output instead of text")
        ->group(view_group);
}

void add_diagnose(CLI::App& program, Action& chosen) {
    const auto [verb, options] = usage::add_verb<DiagnoseOptions>(
        program, chosen, "diagnose",
        "Look at a customer's CNAME, and say why it does not work; needs no daemon", diagnose);
    verb->add_option("--domain", options.domain, "The customer's domain; it may hold U-labels")
        ->type_name("DOMAIN")
        ->required();
    verb->add_option("--selector", options.selector, "The selector: the CNAME is at `S._domainkey.DOMAIN`")
        ->type_name("S")
        ->required();
    verb->add_option("--target", options.target, "Where the CNAME has to lead")
        ->type_name("TARGET")
        ->required();
    verb->add_option("--text", options.text, "The TXT that is published at TARGET (default: any key record)")
        ->type_name("TEXT");
    verb->add_option("--alternate", options.alternates,
                     "Another CNAME of the domain, so that two that were swapped are told as that")
        ->type_name("S=TARGET");
    verb->add_flag("--strict", options.strict,
                   "Insist that the CNAME itself is TARGET: no further hops, no DNAME");
    verb->add_option("--port", options.view.port, "Port of name servers, for a lab")
        ->type_name("PORT")
        ->check(usage::whole_number(1, 65535))
        ->capture_default_str();
    add_view_options(*verb, options.view);
    verb->footer(
        "It tells whether `S._domainkey.DOMAIN` leads to TARGET; if not, what is wrong, what to do about it, "
        "what else it "
        "could be, and the evidence, in lines like those of `dig` that can be pasted into a ticket. It asks "
        "the name "
        "servers directly, too, which takes up to 12 s more than the deadline. It ends with 0 for a pass, 1 "
        "for a fail, "
        "and 3 if it could not be told. See [diagnosis.md](diagnosis.md).\n\n"
        "With `--json` the document has `domain`, `selector`, `name`, `target`, `verdict` (`pass`, `fail` or "
        "`unknown`), "
        "`cause`, `candidates`, `detail`, `fix`, `evidence` and `checked_at`.\n\n"
        "Example: custdkim diagnose --domain acme.example --selector s1 --target "
        "s1.q7w2ka.custdkim.example.net");
}

}  // namespace

void add_dns_verbs(CLI::App& program, Action& chosen) {
    add_diagnose(program, chosen);
    const auto [verb, options] = usage::add_verb<LookupOptions>(
        program, chosen, "lookup",
        "Ask the DNS one question, and print the answer as dig does; needs no daemon", lookup);
    verb->add_option("TYPE", options.type, "Type of the record: CNAME, TXT, SOA, ...")->required();
    verb->add_option("NAME", options.name, "The name; it may hold U-labels")->required();
    add_view_options(*verb, options.view);
    verb->footer(
        "It prints what `dig +noall +answer` does, and ends with 0 if there is such a record, 1 if not (it "
        "says on "
        "standard error whether that is NXDOMAIN or NODATA), and 3 for everything else.\n\n"
        "With `--json` the document has `name`, `type`, `rcode`, `authentic`, `answer` and "
        "`extended_errors`.\n\n"
        "Example: custdkim lookup CNAME s1._domainkey.acme.example --resolver 9.9.9.9");
}

}  // namespace custdkim::cli
