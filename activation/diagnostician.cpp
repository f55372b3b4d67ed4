#include "activation/diagnostician.hpp"

#include "activation/evidence_text.hpp"
#include "activation/gathering.hpp"
#include "activation/known_servers.hpp"
#include "activation/rules.hpp"

namespace custdkim::activation {

namespace {

// Nothing to explain.
bool is_fine(const Evidence& evidence) {
    if (evidence.judged.outcome != Outcome::pass) return false;
    for (const ServerFacts& facts : evidence.servers) {
        const bool answers = facts.service == Service::serves && facts.standing == Standing::right &&
                             facts.text_has_alias && !facts.text_failure;
        if (!answers || !facts.texts.empty() || facts.targets.size() > 1) return false;
    }
    for (const auto rules : {conflict_rules(), type_rules()}) {
        for (const Rule& rule : rules) {
            if (rule.find(evidence)) return false;
        }
    }
    return true;
}

// The cause where the rules found none: no more than what was seen.
std::string plain_cause(const Evidence& evidence) {
    switch (evidence.judged.sight) {
        case Sight::right: return {};
        case Sight::hops: return evidence.judged.outcome == Outcome::pass ? "" : "extra-hop";
        case Sight::not_seen:
        case Sight::text_not_seen:
        case Sight::record_former: return "could-not-tell";
        case Sight::bogus: return "dnssec-bogus";
        case Sight::no_cname: return "not-published";
        case Sight::text_instead: return "other-text";
        case Sight::sometimes: return "answers-differ";
        case Sight::other_target: return "other-target";
        case Sight::broken_chain:
            switch (evidence.world.chain.flaw) {
                case Chain::Flaw::several: return "two-cnames";
                case Chain::Flaw::too_long: return "chain-too-long";
                default: return "cname-loop";
            }
        case Sight::text_beside: return "cname-with-other-data";
        case Sight::text_no_alias: return "cname-not-followed";
        case Sight::record_missing: return "record-not-seen";
        case Sight::record_other: return "other-key";
    }
    return {};
}

std::string plain_fix(const Evidence& evidence) {
    const std::string& owner = evidence.subject.slot.owner.text();
    const std::string& target = evidence.subject.slot.target.text();
    switch (evidence.judged.sight) {
        case Sight::record_missing:
        case Sight::record_other:
            return "The customer's CNAME is right, and nothing is to be done there: see whether " + target +
                   " is served with the right key by the name servers of our zone.";
        case Sight::no_cname:
        case Sight::text_instead:
        case Sight::other_target:
        case Sight::broken_chain:
        case Sight::hops:
            return evidence.judged.outcome == Outcome::pass
                       ? ""
                       : "Let the CNAME at " + owner + " point to " + target + " and nowhere else.";
        case Sight::text_beside:
            return "Delete the TXT records at " + owner + "; only the CNAME may be there.";
        case Sight::text_no_alias:
            return "Let the name servers answer every question at " + owner + " with the CNAME.";
        default: return {};
    }
}

Outcome outcome_of(Outcome judged, Weight weight) {
    const bool is_seen = weight == Weight::fault;
    return is_seen ? Outcome::fail : judged;
}

// About this slot's key records nobody but ourselves can do anything.
bool is_ours(Sight sight) {
    return sight == Sight::record_missing || sight == Sight::record_former || sight == Sight::record_other;
}

Finding finding_of(const Evidence& evidence, std::optional<Diagnosis> cause) {
    const Outcome judged = evidence.judged.outcome;
    // What does no harm explains no failure, and what could not be seen was seen.
    const bool explains = cause && (judged == Outcome::pass ? cause->weight != Weight::unseen
                                                            : cause->weight != Weight::harmless);
    Finding finding;
    if (!explains) {
        finding.outcome = judged;
        finding.cause = plain_cause(evidence);
        finding.detail = evidence.judged.detail;
        finding.fix = plain_fix(evidence);
    } else {
        finding.outcome = outcome_of(judged, cause->weight);
        finding.cause = cause->cause;
        finding.detail = std::move(cause->detail);
        finding.fix = std::move(cause->fix);
        finding.candidates = std::move(cause->also);
    }
    // A resolver's cache may be all that is wrong, and it alone was asked.
    if (explains && evidence.is_second_hand && finding.outcome == Outcome::fail) {
        if (finding.candidates.empty()) finding.candidates.push_back(finding.cause);
        const bool has_target = evidence.world.chain.hops() > 0;
        finding.candidates.push_back(has_target ? "old-answer-cached" : "negative-cached");
    }
    if (evidence.provider && !finding.fix.empty()) {
        const std::string more = hint(*evidence.provider, finding.cause);
        if (!more.empty()) finding.fix += " " + more;
    }
    return finding;
}

}  // namespace

Diagnostician::Diagnostician(Surroundings surroundings, Settings settings)
    : around_(std::move(surroundings)), settings_(settings), known_(std::make_unique<KnownServers>()) {}

Diagnostician::~Diagnostician() = default;

Finding Diagnostician::look(const Subject& subject) const {
    Evidence evidence(subject);
    evidence.settings = settings_;
    evidence.now = around_.clock.now();
    look_around(evidence, around_, *known_, Patience(settings_.deadline));
    evidence.judged = verdict(evidence.subject, settings_.strict, evidence.world);
    note_servers(evidence);
    if (is_fine(evidence)) return finding_of(evidence, std::nullopt);
    look_closer(evidence, around_, Patience(settings_.diagnosis));
    note_servers(evidence);
    if (const Delegation* const cut = evidence.delegations.zone()) {
        evidence.provider = provider_of(cut->names, around_.providers);
    }
    auto cause = diagnose(evidence);
    const bool customer_is_right = is_ours(evidence.judged.sight) && evidence.all_tell(Standing::right);
    if (customer_is_right && cause && cause->weight != Weight::fault) cause.reset();
    Finding finding = finding_of(evidence, std::move(cause));
    finding.evidence = evidence_lines(evidence);
    return finding;
}

}  // namespace custdkim::activation
