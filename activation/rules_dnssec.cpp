// Validation rejects what the name servers say (RFC 4033 to 4035).
#include <algorithm>
#include <array>

#include "activation/record_reading.hpp"
#include "activation/rules.hpp"
#include "dns/dnssec.hpp"

namespace custdkim::activation {

using dns::Answer;
using dns::QuestionType;
using dns::Record;

namespace {

using Found = std::optional<Diagnosis>;

// Whether this can be about DNSSEC at all: there is a DS, and the world does not see what the servers say.
bool is_rejected(const Evidence& evidence) {
    const Delegation* const cut = evidence.delegations.zone();
    if (!cut || cut->ds.empty() || evidence.is_second_hand || evidence.telling().empty()) return false;
    const auto rejected = [](const Result<Answer>& answer) {
        return answer && (answer->security == dns::Security::bogus || answer->rcode == dns::rcode::servfail);
    };
    return rejected(evidence.world.cname) || rejected(evidence.world.txt);
}

// The zone's answer to this question with its signatures.
const Answer* signed_answer(const Evidence& evidence, const dns::Name& name, QuestionType type) {
    for (const ServerFacts& facts : evidence.servers) {
        const auto& answer = evidence.direct.at(facts.server, name, type, Manner::signatures);
        if (tells(answer)) {
            return &*answer;
        }
    }
    return nullptr;
}

std::vector<Record> keys_of(const Evidence& evidence) {
    const Answer* const answer = signed_answer(evidence, evidence.zone(), QuestionType::dnskey);
    return answer ? of_type(answer->answer, "DNSKEY") : std::vector<Record>();
}

bool is_signed(const Evidence& evidence) {
    const Answer* const soa = signed_answer(evidence, evidence.zone(), QuestionType::soa);
    return soa && !of_type(soa->answer, "RRSIG").empty();
}

std::vector<Record> all_signatures(const Evidence& evidence) {
    std::vector<Record> found;
    const dns::Name& owner = evidence.subject.slot.owner;
    for (const Answer* const answer : {signed_answer(evidence, evidence.zone(), QuestionType::soa),
                                       signed_answer(evidence, evidence.zone(), QuestionType::dnskey),
                                       signed_answer(evidence, owner, QuestionType::cname)}) {
        if (!answer) continue;
        for (const auto* const section : {&answer->answer, &answer->authority}) {
            for (Record& record : of_type(*section, "RRSIG")) found.push_back(std::move(record));
        }
    }
    return found;
}

Found ds_without_signatures(const Evidence& evidence) {
    if (!is_rejected(evidence) || is_signed(evidence)) return std::nullopt;
    const std::string zone = evidence.zone().text();
    return Diagnosis{
        Weight::fault,
        "dnssec-ds-without-signatures",
        {"dnssec-ds-without-signatures", "dnssec-no-dnskey", "dnssec-no-nsec"},
        zone + " has a DS record at its registrar, and its name servers serve it unsigned",
        "Remove the DS record of " + zone +
            " at its registrar, or turn DNSSEC on at the DNS provider. Until then resolvers that "
            "validate find nothing in " +
            zone + "."};
}

Found no_dnskey(const Evidence& evidence) {
    if (!is_rejected(evidence) || !keys_of(evidence).empty()) return std::nullopt;
    const std::string zone = evidence.zone().text();
    return Diagnosis{Weight::fault,
                     "dnssec-no-dnskey",
                     {"dnssec-no-dnskey", "dnssec-ds-without-signatures"},
                     zone + " is signed, but its DNSKEY records are missing",
                     "Sign " + zone +
                         " again at the DNS provider, so that its DNSKEY records are there, or remove "
                         "the DS record at the registrar."};
}

Found ds_mismatch(const Evidence& evidence) {
    if (!is_rejected(evidence)) return std::nullopt;
    const auto keys = keys_of(evidence);
    for (const Record& ds : evidence.delegations.zone()->ds) {
        for (const Record& key : keys) {
            if (dns::matches(ds, key)) return std::nullopt;
        }
    }
    const std::string zone = evidence.zone().text();
    return Diagnosis{
        Weight::fault,
        "dnssec-ds-mismatch",
        {},
        "the DS record of " + zone + " at its registrar fits none of the keys that " + zone + " has",
        "Replace the DS record of " + zone +
            " at its registrar by the one that the DNS provider shows, or remove it."};
}

Found expired(const Evidence& evidence) {
    if (!is_rejected(evidence)) return std::nullopt;
    for (const Record& record : all_signatures(evidence)) {
        const auto times = dns::signature_times(record);
        if (!times || times->expiration >= evidence.now) continue;
        const std::string zone = evidence.zone().text();
        return Diagnosis{Weight::fault,
                         "dnssec-expired",
                         {},
                         "the DNSSEC signature over " + times->covered + " of " + zone + " ended on " +
                             format_rfc3339(times->expiration),
                         "Sign " + zone + " again, and see to it that this happens by itself from now on."};
    }
    return std::nullopt;
}

Found not_yet_valid(const Evidence& evidence) {
    if (!is_rejected(evidence)) return std::nullopt;
    for (const Record& record : all_signatures(evidence)) {
        const auto times = dns::signature_times(record);
        if (!times || times->inception <= evidence.now) continue;
        const std::string zone = evidence.zone().text();
        return Diagnosis{Weight::fault,
                         "dnssec-not-yet-valid",
                         {},
                         "the DNSSEC signature over " + times->covered + " of " + zone + " begins only on " +
                             format_rfc3339(times->inception),
                         "Correct the clock of the machine that signs " + zone + ", and sign it again."};
    }
    return std::nullopt;
}

Found unsigned_record(const Evidence& evidence) {
    if (!is_rejected(evidence) || !is_signed(evidence)) return std::nullopt;
    const dns::Name& owner = evidence.subject.slot.owner;
    const Answer* const answer = signed_answer(evidence, owner, QuestionType::cname);
    if (!answer || of_type(answer->answer, "CNAME").empty()) return std::nullopt;
    if (!signatures_of(answer->answer, "CNAME").empty()) return std::nullopt;
    const std::string zone = evidence.zone().text();
    return Diagnosis{
        Weight::fault,
        "dnssec-unsigned-record",
        {},
        "the CNAME at " + owner.text() + " has no DNSSEC signature, while " + zone + " is signed",
        "Sign " + zone + " again: the CNAME at " + owner.text() +
            " was added after the last time, and resolvers that validate reject it."};
}

// RFC 4035 section 3.1.3: what is not there must be denied with NSEC or NSEC3.
Found no_nsec(const Evidence& evidence) {
    if (!is_rejected(evidence) || !is_signed(evidence)) return std::nullopt;
    const dns::Name& owner = evidence.subject.slot.owner;
    const Answer* const answer = signed_answer(evidence, owner, QuestionType::cname);
    if (!answer || !answer->answer.empty()) return std::nullopt;
    const bool denied =
        !of_type(answer->authority, "NSEC").empty() || !of_type(answer->authority, "NSEC3").empty();
    const std::string zone = evidence.zone().text();
    return Diagnosis{Weight::fault, denied ? "dnssec-broken-nsec" : "dnssec-no-nsec",
                     denied ? std::vector<std::string>{"dnssec-broken-nsec", "dnssec-no-nsec"}
                            : std::vector<std::string>{"dnssec-no-nsec", "dnssec-broken-nsec"},
                     "there is no CNAME at " + owner.text() + ", and " + zone +
                         " does not prove that properly (" +
                         (denied ? "its NSEC records do not fit" : "no NSEC records") + ")",
                     "Add the CNAME at " + owner.text() + " to " + evidence.subject.slot.target.text() +
                         ", and sign " + zone +
                         " again with NSEC or NSEC3: without them a missing name looks like "
                         "an attack."};
}

Found bogus(const Evidence& evidence) {
    if (!is_rejected(evidence) || !is_signed(evidence)) return std::nullopt;
    const auto& cname = evidence.world.cname;
    const std::string why = cname && !cname->why_bogus.empty() ? " (" + cname->why_bogus + ")" : "";
    const std::string zone = evidence.zone().text();
    return Diagnosis{Weight::fault,
                     "dnssec-bogus",
                     {},
                     "what " + zone + " says of " + evidence.subject.slot.owner.text() +
                         " does not fit its DNSSEC signature" + why,
                     "Sign " + zone + " again; that is needed after every edit."};
}

constexpr std::array rules{
    Rule{"dnssec-ds-without-signatures", ds_without_signatures},
    Rule{"dnssec-no-dnskey", no_dnskey},
    Rule{"dnssec-ds-mismatch", ds_mismatch},
    Rule{"dnssec-expired", expired},
    Rule{"dnssec-not-yet-valid", not_yet_valid},
    Rule{"dnssec-unsigned-record", unsigned_record},
    Rule{"dnssec-no-nsec dnssec-broken-nsec", no_nsec},
    Rule{"dnssec-bogus", bogus},
};

}  // namespace

std::span<const Rule> dnssec_rules() { return rules; }

}  // namespace custdkim::activation
