// The name is not there: where else did the record go? And what only caches get wrong, or does no harm.
#include <algorithm>
#include <array>

#include "activation/record_reading.hpp"
#include "activation/rules.hpp"

namespace custdkim::activation {

using dns::Answer;
using dns::QuestionType;

namespace {

using Found = std::optional<Diagnosis>;

bool is_missing(const Evidence& evidence) {
    if (!evidence.telling().empty()) {
        return evidence.all_tell(Standing::no_name) || evidence.all_tell(Standing::no_data);
    }
    // Nobody could be asked directly: then by what the world sees.
    const auto& cname = evidence.world.cname;
    return cname && cname->rcode == dns::rcode::nxdomain && cname->aliases.empty();
}

// Whether what stands at that name was meant for this slot.
bool is_meant(const Evidence& evidence, const dns::Name& name) {
    const Answer* const answer = evidence.best(name, QuestionType::cname);
    if (!answer) return false;
    for (const dns::Name& hop : next_hops(name, *answer)) {
        if (hop == evidence.subject.slot.target) return true;
        if (hop.text().starts_with(evidence.subject.slot.target.text() + "."))
            return true;  // without its dot
    }
    return false;
}

std::string how_to_move(const Evidence& evidence, const CandidateName& candidate) {
    const std::string& owner = evidence.subject.slot.owner.text();
    const std::string& cause = candidate.cause;
    if (cause == "doubled-domain") {
        return "Type only " + evidence.subject.selector +
               "._domainkey into the field for the name; the provider "
               "adds the domain by itself.";
    }
    if (cause == "wrong-level") {
        return "Publish the record for exactly the domain of the key, as " + owner +
               ", or create a key for the domain that it was published for.";
    }
    if (cause == "other-selector") {
        return "Publish the record under the selector of this key, as " + owner +
               ", or create a key that has the selectors that are there.";
    }
    if (cause == "not-ascii-name") {
        return "The name has characters in it that do not belong there, perhaps invisible ones. Delete the "
               "record "
               "and type its name by hand: " +
               evidence.subject.selector + "._domainkey.";
    }
    return "Rename the record to " + owner + "; copying is safer than typing.";
}

Found elsewhere(const Evidence& evidence) {
    if (!is_missing(evidence)) return std::nullopt;
    for (const CandidateName& candidate : evidence.candidates) {
        if (!is_meant(evidence, candidate.name)) continue;
        return Diagnosis{Weight::fault,
                         candidate.cause,
                         {},
                         "there is nothing at " + evidence.subject.slot.owner.text() + "; the record is at " +
                             candidate.name.text(),
                         how_to_move(evidence, candidate)};
    }
    return std::nullopt;
}

std::string add_record(const Evidence& evidence) {
    return "Add the CNAME " + evidence.subject.slot.owner.text() + " to " +
           evidence.subject.slot.target.text();
}

Found one_missing(const Evidence& evidence) {
    if (!is_missing(evidence)) return std::nullopt;
    for (const SlotNames& other : evidence.subject.others) {
        const Answer* const theirs = evidence.best(other.owner, QuestionType::cname);
        if (!theirs || next_hops(other.owner, *theirs).empty()) continue;
        return Diagnosis{Weight::fault,
                         "one-selector-missing",
                         {"one-selector-missing", "selector-typo", "not-ascii-name"},
                         "there is nothing at " + evidence.subject.slot.owner.text() + ", and a CNAME at " +
                             other.owner.text(),
                         add_record(evidence) +
                             " too: both are needed, since each rotation goes from one to the "
                             "other."};
    }
    return std::nullopt;
}

Found not_published(const Evidence& evidence) {
    if (!is_missing(evidence)) return std::nullopt;
    const auto telling = evidence.telling();
    std::string serial;
    if (!telling.empty() && telling.front()->serial) {
        serial = ", serial " + std::to_string(*telling.front()->serial);
    }
    const std::string zone = evidence.zone().text();
    const std::string where =
        telling.empty() ? "" : ", say the name servers of " + zone + ": " + server_list(telling) + serial;
    return Diagnosis{Weight::fault,
                     "not-published",
                     {"not-published", "other-provider", "edit-not-loaded", "underscore-not-stored",
                      "internal-view-only", "cname-at-apex", "one-label-too-deep", "selector-typo"},
                     "there is nothing at " + evidence.subject.slot.owner.text() + where,
                     add_record(evidence) + " at the provider that runs the DNS of " + zone +
                         (telling.empty() ? "" : ", whose name servers are " + server_list(telling)) +
                         ". If it is there already: is it in the account of an earlier provider, or seen "
                         "inside your network "
                         "only? Did the provider refuse the name for its underscore? Or did the server "
                         "refuse the whole edit "
                         "(then the serial has not moved, and its log says why)?"};
}

constexpr std::array missing{
    Rule{"doubled-domain underscore-missing domainkey-missing domainkey-typo labels-reversed wrong-level "
         "selector-typo other-selector not-ascii-name one-label-too-deep",
         elsewhere},
    Rule{"one-selector-missing", one_missing},
    Rule{"not-published", not_published},
};

// Everybody who answers for the zone says what is right, and the world does not see it yet.
bool is_stale(const Evidence& evidence) {
    if (!evidence.all_tell(Standing::right)) return false;
    return std::none_of(evidence.servers.begin(), evidence.servers.end(), [](const ServerFacts& facts) {
        return !facts.texts.empty() || facts.service == Service::apex_alias ||
               (facts.standing == Standing::right && !facts.text_has_alias);
    });
}

std::string until(const Evidence& evidence, const Answer& answer) {
    const auto seconds = seconds_to_live(answer);
    return seconds ? "Wait until " + format_rfc3339(evidence.now + std::chrono::seconds(*seconds))
                   : std::string("Wait until caches have forgotten that");
}

Found stale(const Evidence& evidence) {
    if (evidence.is_second_hand || !is_stale(evidence) || !evidence.world.cname) return std::nullopt;
    const Answer& seen = *evidence.world.cname;
    if (seen.rcode != dns::rcode::noerror && seen.rcode != dns::rcode::nxdomain) return std::nullopt;
    const auto hops = next_hops(evidence.subject.slot.owner, seen);
    if (hops.empty()) {
        return Diagnosis{Weight::fault,
                         "negative-cached",
                         {},
                         "the name servers have the right CNAME; the resolver remembers that there was none",
                         "Nothing is to be done: the record is right. " + until(evidence, seen) +
                             "; until then resolvers that asked too early remember that there was nothing."};
    }
    const bool leads_away = evidence.world.chain.end() != evidence.subject.slot.target;
    if (!leads_away || evidence.chain.flaw != Chain::Flaw::none) return std::nullopt;
    return Diagnosis{Weight::fault,
                     "old-answer-cached",
                     {},
                     "the name servers have the right CNAME; the resolver remembers an old one, to " +
                         hops.begin()->text(),
                     "Nothing is to be done: the record is right. " + until(evidence, seen) +
                         "; until then resolvers remember the old one, for as long as its TTL said."};
}

constexpr std::array timing{Rule{"negative-cached old-answer-cached", stale}};

// RFC 6891 section 7: resolvers ask again without EDNS after FORMERR.
Found edns_missing(const Evidence& evidence) {
    const bool all =
        !evidence.servers.empty() &&
        std::all_of(evidence.servers.begin(), evidence.servers.end(), [&](const ServerFacts& facts) {
            const auto& usual = evidence.direct.at(facts.server, evidence.zone(), QuestionType::soa);
            return facts.needs_plain && usual && usual->rcode == dns::rcode::formerr;
        });
    if (!all) return std::nullopt;
    return Diagnosis{
        Weight::harmless,
        "edns-missing",
        {},
        "the name servers of " + evidence.zone().text() + " know nothing of EDNS",
        "The record is found, since resolvers ask again without EDNS. Update the name servers of " +
            evidence.zone().text() + " all the same."};
}

Found one_server_fails(const Evidence& evidence) {
    if (evidence.is_second_hand || !evidence.all_tell(Standing::right)) return std::nullopt;
    for (const ServerFacts& facts : evidence.servers) {
        if (facts.standing == Standing::right && facts.service == Service::serves) continue;
        const std::string what = facts.service == Service::silent       ? " does not answer"
                                 : facts.service == Service::refuses    ? " does not serve the zone"
                                 : facts.service == Service::not_loaded ? " cannot load the zone"
                                                                        : " does not answer properly";
        return Diagnosis{Weight::harmless,
                         "one-server-fails",
                         {},
                         facts.text() + what,
                         "The record is right. Repair " + facts.server.name.text() +
                             ", or take it out of the name servers of " + evidence.zone().text() +
                             " at the registrar; look-ups are slow until then."};
    }
    return std::nullopt;
}

constexpr std::array harmless{
    Rule{"edns-missing", edns_missing},
    Rule{"one-server-fails", one_server_fails},
};

}  // namespace

std::span<const Rule> missing_rules() { return missing; }
std::span<const Rule> timing_rules() { return timing; }
std::span<const Rule> harmless_rules() { return harmless; }

}  // namespace custdkim::activation
