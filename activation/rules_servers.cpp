// Nobody answers for the zone, or not as name servers should (dns-servers' side: RFC 1912 section 2.8, RFC
// 8906).
#include <algorithm>
#include <array>

#include "activation/record_reading.hpp"
#include "activation/rules.hpp"

namespace custdkim::activation {

using dns::Answer;
using dns::QuestionType;

namespace {

using Found = std::optional<Diagnosis>;

bool all_serve(const Evidence& evidence, Service service) {
    return !evidence.servers.empty() &&
           std::all_of(evidence.servers.begin(), evidence.servers.end(),
                       [service](const ServerFacts& facts) { return facts.service == service; });
}

bool all_stand(const Evidence& evidence, std::initializer_list<Standing> standings) {
    return !evidence.servers.empty() &&
           std::all_of(
               evidence.servers.begin(), evidence.servers.end(), [standings](const ServerFacts& facts) {
                   return std::find(standings.begin(), standings.end(), facts.standing) != standings.end();
               });
}

std::string everybody(const Evidence& evidence) {
    std::vector<const ServerFacts*> all;
    for (const ServerFacts& facts : evidence.servers) all.push_back(&facts);
    return server_list(all);
}

Found domain_not_found(const Evidence& evidence) {
    if (!evidence.delegations.is_denied) return std::nullopt;
    const std::string domain = evidence.subject.domain.text();
    return Diagnosis{Weight::fault,
                     "domain-not-found",
                     {},
                     "the registry says that there is no domain " + domain,
                     "See whether " + domain +
                         " is written as it was registered, and whether its registration has run out. If the "
                         "key was made for a wrong name, delete it and create another."};
}

// Other servers are named for _domainkey, and they are no help.
Found domainkey_delegated(const Evidence& evidence) {
    const Delegation* const cut = evidence.delegations.zone();
    const dns::Name& owner = evidence.subject.slot.owner;
    if (!cut || cut->zone == evidence.subject.domain || !cut->zone.relative_to(evidence.subject.domain)) {
        return std::nullopt;
    }
    if (evidence.any_tells(Standing::right)) return std::nullopt;
    if (cut->zone == owner) {
        return Diagnosis{
            Weight::fault,
            "cname-with-other-data",
            {},
            "there are NS records at " + owner.text() + ", which send everybody to other servers",
            "Delete the NS records at " + owner.text() +
                "; where a CNAME is, nothing else may be. Then publish the CNAME to " +
                evidence.subject.slot.target.text() + "."};
    }
    std::string names;
    for (const dns::Name& name : cut->names) names += (names.empty() ? "" : ", ") + name.text();
    return Diagnosis{Weight::fault,
                     "domainkey-delegated",
                     {},
                     cut->zone.text() + " is delegated to " + names + ", and the CNAME is not seen there",
                     "Publish the CNAME at the servers that are named for " + cut->zone.text() + " (" +
                         names + "), or delete the NS records at " + cut->zone.text() +
                         " from the zone above it."};
}

Found unreachable(const Evidence& evidence) {
    const Delegation* const cut = evidence.delegations.zone();
    if (cut && cut->servers.empty() && !cut->names.empty()) {
        return Diagnosis{Weight::unseen,
                         "servers-unreachable",
                         {"lame-delegation"},
                         "none of the name servers of " + cut->zone.text() + " has an address: " +
                             cut->names.front().text() + (cut->names.size() > 1 ? ", ..." : ""),
                         "The name servers that the registrar has for " + cut->zone.text() +
                             " do not exist. Enter the right ones there."};
    }
    if (!all_serve(evidence, Service::silent)) return std::nullopt;
    return Diagnosis{
        Weight::unseen,
        "servers-unreachable",
        {},
        "none of the name servers of " + evidence.zone().text() + " answers: " + everybody(evidence),
        "Ask whoever runs the name servers of " + evidence.zone().text() +
            " whether they are up, and whether a firewall keeps questions from the internet out "
            "(port 53, UDP and TCP)."};
}

// With EDNS (RFC 6891) nothing, without it an answer.
Found edns_broken(const Evidence& evidence) {
    const bool all_need_plain =
        !evidence.servers.empty() && std::all_of(evidence.servers.begin(), evidence.servers.end(),
                                                 [](const ServerFacts& facts) { return facts.needs_plain; });
    if (!all_need_plain) return std::nullopt;
    const auto& usual =
        evidence.direct.at(evidence.servers.front().server, evidence.zone(), QuestionType::soa);
    const std::string what = usual ? dns::rcode_name(usual->rcode) : "nothing";
    if (usual && usual->rcode == dns::rcode::formerr) return std::nullopt;  // what resolvers put up with
    // Some resolvers find a way round it: then the others, which do not, are the matter.
    const bool is_seen = evidence.judged.outcome == Outcome::pass;
    return Diagnosis{
        is_seen ? Weight::fault : Weight::unseen,
        "edns-broken",
        {},
        "the name servers answer " + what +
            " to questions with EDNS, and answer those without: " + everybody(evidence),
        "Update the name servers of " + evidence.zone().text() +
            ", or the firewall in front of them: resolvers ask with EDNS today, and many give up "
            "where that is not answered."};
}

Found tcp_blocked(const Evidence& evidence) {
    if (!all_stand(evidence, {Standing::cut})) return std::nullopt;
    return Diagnosis{Weight::unseen,
                     "tcp-blocked",
                     {},
                     "answers over UDP are cut short, and over TCP there are none: " + everybody(evidence),
                     "Open port 53 for TCP at the name servers of " + evidence.zone().text() +
                         ": their answers over UDP are cut short, and the rest cannot be fetched."};
}

// Somebody asked from outside gets no, from every server.
Found lame(const Evidence& evidence) {
    if (!all_serve(evidence, Service::refuses)) return std::nullopt;
    constexpr std::uint16_t prohibited = 18;  // RFC 8914 section 4.19
    bool is_prohibited = false;
    for (const ServerFacts& facts : evidence.servers) {
        const auto& soa = evidence.direct.at(facts.server, evidence.zone(), QuestionType::soa);
        if (!soa) continue;
        for (const dns::ExtendedError& error : soa->extended_errors)
            is_prohibited |= error.code == prohibited;
    }
    const std::string zone = evidence.zone().text();
    const std::string seen =
        "none of the name servers that are named for " + zone + " serves it: " + everybody(evidence);
    if (is_prohibited) {
        return Diagnosis{Weight::unseen,
                         "servers-refuse",
                         {"servers-refuse", "lame-delegation"},
                         seen,
                         "The name servers of " + zone +
                             " refuse questions from the internet. Let everybody ask for that zone (BIND: "
                             "allow-query); recursion may stay restricted."};
    }
    return Diagnosis{
        Weight::unseen,
        "lame-delegation",
        {"lame-delegation", "servers-refuse", "zone-not-loaded"},
        seen,
        "Enter the name servers that do serve " + zone +
            " at its registrar, or have the zone set up on those that are entered there. If it is "
            "set up there, see whether an access list keeps the internet out."};
}

// What is wrong in the zone cannot be seen from outside: no server loads it.
Found not_loaded(const Evidence& evidence) {
    if (!all_serve(evidence, Service::not_loaded)) return std::nullopt;
    const std::string zone = evidence.zone().text();
    return Diagnosis{
        Weight::unseen,
        "zone-not-loaded",
        {"zone-not-loaded", "cname-with-other-data", "cname-at-apex", "two-cnames", "zone-without-ns",
         "quoted-target", "url-as-target", "cname-under-dname", "address-instead", "not-ascii-name"},
        "the name servers know " + zone + " and cannot load it (SERVFAIL): " + everybody(evidence),
        "Nothing in " + zone +
            " is found until its name servers load it again. Their log names the line. The usual causes: a "
            "CNAME "
            "beside other records of the same name, a CNAME for " +
            zone +
            " itself, two CNAMEs at one name, a missing SOA or NS record, a mistyped line. Undo the last "
            "change if nothing else helps."};
}

// For other names yes, for those with an underscore no.
Found underscore_filtered(const Evidence& evidence) {
    if (!all_stand(evidence, {Standing::silent, Standing::refused, Standing::failed})) return std::nullopt;
    bool filtered = false;
    for (const ServerFacts& facts : evidence.servers) {
        if (facts.service != Service::serves || !facts.text_failure) return std::nullopt;
        const auto sibling = evidence.direct.at(facts.server, evidence.sibling, QuestionType::cname);
        const bool sibling_told = sibling && dns::tells(*sibling);
        filtered |= !sibling_told;
    }
    if (!filtered) return std::nullopt;
    const std::string& owner = evidence.subject.slot.owner.text();
    return Diagnosis{
        Weight::unseen,
        "underscore-filtered",
        {},
        "the name servers answer for " + evidence.zone().text() + ", but not for " + owner +
            " nor any name like it: " + everybody(evidence),
        "A filter or a restriction at the name servers of " + evidence.zone().text() +
            " keeps them from answering for names with an underscore. Switch that rule off, or ask "
            "your DNS provider to; names like " +
            owner + " are in order (RFC 8552)."};
}

Found malformed(const Evidence& evidence) {
    const bool some =
        std::any_of(evidence.servers.begin(), evidence.servers.end(), [](const ServerFacts& facts) {
            return facts.standing == Standing::malformed || facts.standing == Standing::misfit;
        });
    if (!some || !evidence.telling().empty()) return std::nullopt;
    return Diagnosis{
        Weight::unseen,
        "malformed-answers",
        {},
        "what the name servers send is no proper answer: " + everybody(evidence),
        "Report to whoever runs the name servers of " + evidence.zone().text() +
            " that they send answers which resolvers have to throw away, or replace the filter in "
            "front of them."};
}

constexpr std::array rules{
    Rule{"domain-not-found", domain_not_found},
    Rule{"domainkey-delegated cname-with-other-data", domainkey_delegated},
    Rule{"edns-broken", edns_broken},
    Rule{"servers-unreachable", unreachable},
    Rule{"tcp-blocked", tcp_blocked},
    Rule{"lame-delegation servers-refuse", lame},
    Rule{"zone-not-loaded", not_loaded},
    Rule{"underscore-filtered", underscore_filtered},
    Rule{"malformed-answers", malformed},
};

}  // namespace

std::span<const Rule> server_rules() { return rules; }

}  // namespace custdkim::activation
