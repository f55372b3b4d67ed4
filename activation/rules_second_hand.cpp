// A resolver says SERVFAIL, and nobody else can be asked: what it lets us guess. Extended errors (RFC 8914)
// help where there are some; resolvers differ in them.
#include <array>

#include "activation/rules.hpp"

namespace custdkim::activation {

using dns::Answer;

namespace {

using Found = std::optional<Diagnosis>;

bool says_servfail(const Result<Answer>& answer) { return answer && answer->rcode == dns::rcode::servfail; }

// For this name only: the resolver finds other things.
bool is_about_the_name(const Evidence& evidence) {
    const bool works =
        evidence.world_target && *evidence.world_target && !says_servfail(*evidence.world_target);
    return evidence.is_second_hand && works && says_servfail(evidence.world.cname) &&
           says_servfail(evidence.world.txt);
}

std::vector<std::string> dnssec_causes(std::uint16_t extended_error) {
    switch (extended_error) {
        case 6: return {"dnssec-bogus"};
        case 7: return {"dnssec-expired"};
        case 8: return {"dnssec-not-yet-valid"};
        case 9: return {"dnssec-ds-mismatch", "dnssec-no-dnskey", "dnssec-ds-without-signatures"};
        case 10: return {"dnssec-ds-without-signatures", "dnssec-no-dnskey", "dnssec-unsigned-record"};
        case 12: return {"dnssec-no-nsec", "dnssec-broken-nsec", "dnssec-unsigned-record"};
        default: return {};
    }
}

Found dnssec(const Evidence& evidence) {
    if (!is_about_the_name(evidence)) return std::nullopt;
    for (const dns::ExtendedError& error : evidence.world.cname->extended_errors) {
        const auto causes = dnssec_causes(error.code);
        if (causes.empty()) continue;
        const std::string zone = evidence.zone().text();
        return Diagnosis{Weight::fault, causes.front(), causes,
                         "the resolver rejects what " + zone + " says, by DNSSEC" +
                             (error.text.empty() ? "" : ": " + error.text),
                         "Sign " + zone +
                             " again, and see whether the DS record at its registrar is the one that "
                             "the DNS provider shows; or remove the DS record."};
    }
    return std::nullopt;
}

Found type_fails(const Evidence& evidence) {
    const auto& txt = evidence.world.txt;
    const bool told = evidence.is_second_hand && says_servfail(evidence.world.cname) && txt &&
                      !next_hops(evidence.subject.slot.owner, *txt).empty();
    if (!told) return std::nullopt;
    return Diagnosis{
        Weight::unseen,
        "type-not-answered",
        {},
        "the resolver finds the TXT by way of a CNAME, and says SERVFAIL to who asks for the CNAME",
        "Mail finds the key, but whoever asks for the CNAME itself is not answered. Report that to your "
        "DNS provider as a fault of its name servers."};
}

Found zone_fails(const Evidence& evidence) {
    if (!is_about_the_name(evidence) || evidence.delegations.trouble.empty()) return std::nullopt;
    const std::string domain = evidence.subject.domain.text();
    return Diagnosis{
        Weight::unseen,
        "zone-not-loaded",
        {"zone-not-loaded", "lame-delegation", "servers-unreachable", "servers-refuse", "edns-broken",
         "tcp-blocked", "cname-with-other-data", "cname-at-apex", "two-cnames", "zone-without-ns",
         "quoted-target", "url-as-target", "cname-under-dname", "address-instead", "not-ascii-name",
         "dnssec-bogus"},
        "the resolver finds nothing of " + domain + " at all (SERVFAIL)",
        "The name servers of " + domain +
            " do not answer, or cannot load the zone. Their log says why; the usual causes are a CNAME "
            "beside other records of the same name, a CNAME for the domain itself, or two at one name. "
            "Ask the name servers directly to learn more."};
}

Found name_fails(const Evidence& evidence) {
    if (!is_about_the_name(evidence)) return std::nullopt;
    const std::string& owner = evidence.subject.slot.owner.text();
    return Diagnosis{
        Weight::unseen,
        "underscore-filtered",
        {"underscore-filtered", "domainkey-delegated", "malformed-answers", "type-not-answered",
         "cname-with-other-data", "dnssec-unsigned-record", "dnssec-no-nsec", "dnssec-bogus"},
        "the resolver finds " + evidence.zone().text() + ", and nothing at " + owner + " (SERVFAIL)",
        "The name servers do not answer for " + owner +
            " as they do for other names: a filter for names with an underscore, NS records at or "
            "above that name, or a signature that is missing. Ask them directly to learn more."};
}

constexpr std::array rules{
    Rule{"dnssec-bogus dnssec-expired dnssec-not-yet-valid dnssec-ds-mismatch dnssec-ds-without-signatures "
         "dnssec-no-nsec",
         dnssec},
    Rule{"type-not-answered", type_fails},
    Rule{"zone-not-loaded", zone_fails},
    Rule{"underscore-filtered", name_fails},
};

}  // namespace

std::span<const Rule> second_hand_rules() { return rules; }

}  // namespace custdkim::activation
