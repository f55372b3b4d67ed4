// Records that cannot stand together (RFC 1034 section 3.6.2, RFC 2181 section 10.1, RFC 6672 section 2.4),
// and servers that do not say the same.
#include <algorithm>
#include <array>

#include "activation/record_reading.hpp"
#include "activation/rules.hpp"

namespace custdkim::activation {

using dns::Name;
using dns::QuestionType;

namespace {

using Found = std::optional<Diagnosis>;

std::string list(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

Found cname_at_apex(const Evidence& evidence) {
    for (const ServerFacts& facts : evidence.servers) {
        if (facts.service != Service::apex_alias) continue;
        const std::string zone = evidence.zone().text();
        return Diagnosis{Weight::fault,
                         "cname-at-apex",
                         {},
                         facts.text() + " answers with a CNAME when asked for the SOA of " + zone + " itself",
                         zone +
                             " itself may not be a CNAME: it hides the domain's SOA, NS, MX and all else. "
                             "Replace that record by an address, or by what your provider calls ALIAS or "
                             "ANAME."};
    }
    return std::nullopt;
}

Found several_cnames(const Evidence& evidence) {
    std::set<Name> targets;
    for (const ServerFacts& facts : evidence.servers) {
        if (facts.targets.size() > 1) targets.insert(facts.targets.begin(), facts.targets.end());
    }
    if (targets.size() < 2) return std::nullopt;
    std::vector<std::string> others;
    for (const Name& target : targets) {
        if (target != evidence.subject.slot.target) others.push_back(target.text());
    }
    const std::string& owner = evidence.subject.slot.owner.text();
    return Diagnosis{
        Weight::fault,
        "two-cnames",
        {},
        owner + " has " + std::to_string(targets.size()) + " CNAMEs, and which one is used is chance",
        "Delete the CNAME at " + owner + " that points to " + list(others) +
            "; the only one there "
            "must point to " +
            evidence.subject.slot.target.text() + "."};
}

// Seen where a server answers each type by itself, or tells everything when asked for anything.
Found other_data(const Evidence& evidence) {
    const std::string& owner = evidence.subject.slot.owner.text();
    for (const ServerFacts& facts : evidence.servers) {
        std::vector<std::string> beside = facts.other_types;
        if (!facts.texts.empty() && std::find(beside.begin(), beside.end(), "TXT") == beside.end()) {
            beside.push_back("TXT");
        }
        if (facts.targets.empty() || beside.empty()) continue;
        return Diagnosis{
            Weight::fault,
            "cname-with-other-data",
            {},
            "beside the CNAME at " + owner + " there is " + list(beside) + ", says " + facts.text(),
            "Delete the records of type " + list(beside) + " at " + owner +
                "; where a CNAME is, nothing else may be. Some name servers refuse the whole domain "
                "for it, and some resolvers find the other record."};
    }
    return std::nullopt;
}

// The DNAMEs between the zone and the owner.
std::optional<dns::Record> dname_above(const Evidence& evidence) {
    const Name& owner = evidence.subject.slot.owner;
    for (const Name& name : {one_up(owner), evidence.subject.domain}) {
        const dns::Answer* const answer = evidence.best(name, QuestionType::dname);
        if (!answer) continue;
        const auto found = at_name(of_type(answer->answer, "DNAME"), name);
        if (!found.empty()) return found.front();
    }
    return std::nullopt;
}

Found dname(const Evidence& evidence) {
    const auto record = dname_above(evidence);
    if (!record) return std::nullopt;
    const std::string at = record->owner.text();
    const std::string& target = evidence.subject.slot.target.text();
    const dns::Answer* const answer = evidence.best(evidence.subject.slot.owner, QuestionType::cname);
    const bool is_followed =
        answer && std::any_of(answer->aliases.begin(), answer->aliases.end(),
                              [](const dns::Alias& alias) { return alias.of_names_below; });
    if (is_followed && !evidence.any_tells(Standing::wrong)) return std::nullopt;
    if (!is_followed && evidence.all_tell(Standing::no_name)) {
        return Diagnosis{
            Weight::fault,
            "dname-not-followed",
            {},
            "there is a DNAME at " + at + " to " + record->content +
                ", and the name servers answer as if it were not there",
            "Turn on that your name servers follow the DNAME at " + at +
                " (PowerDNS: dname-processing=yes), or publish the CNAMEs themselves in its place."};
    }
    if (!is_followed && evidence.telling().empty()) return std::nullopt;
    return Diagnosis{Weight::fault,
                     "cname-under-dname",
                     {"cname-under-dname", "old-target"},
                     "there is a DNAME at " + at + " to " + record->content +
                         ", which sends every name below it elsewhere",
                     "Delete the DNAME at " + at + "; it hides the CNAME to " + target +
                         " below it, or will with the next name server."};
}

// RFC 1034 section 4.2.1: a zone has NS records at its apex.
Found without_ns(const Evidence& evidence) {
    const Name zone = evidence.zone();
    const dns::Answer* const answer = evidence.best(zone, QuestionType::ns);
    if (!answer || !answer->authoritative || evidence.has(zone, QuestionType::ns)) return std::nullopt;
    if (answer->rcode != dns::rcode::noerror || !answer->aliases.empty()) return std::nullopt;
    std::string names;
    for (const Name& name : evidence.delegations.zone()->names) {
        names += (names.empty() ? "" : " and ") + name.text();
    }
    return Diagnosis{Weight::fault,
                     "zone-without-ns",
                     {},
                     "the zone " + zone.text() + " has no NS records of its own",
                     "Add the NS records of " + zone.text() + " to its zone: " + names +
                         ". Some name servers refuse the whole zone without them."};
}

constexpr std::array conflicts{
    Rule{"cname-at-apex", cname_at_apex},      Rule{"two-cnames", several_cnames},
    Rule{"cname-with-other-data", other_data}, Rule{"cname-under-dname dname-not-followed", dname},
    Rule{"zone-without-ns", without_ns},
};

// How a server's answer is named in a sentence.
std::string saying(const ServerFacts& facts) {
    switch (facts.standing) {
        case Standing::right: return "the right CNAME";
        case Standing::wrong:
        case Standing::several:
            return "a CNAME to " + (facts.targets.empty() ? "elsewhere" : facts.targets.front().text());
        case Standing::no_data: return facts.texts.empty() ? "no CNAME" : "a TXT and no CNAME";
        case Standing::no_name: return "no such name";
        case Standing::referral: return "other servers";
        default: return "nothing";
    }
}

std::string with_serial(const ServerFacts& facts) {
    return facts.text() + " says " + saying(facts) +
           (facts.serial ? " (serial " + std::to_string(*facts.serial) + ")" : "");
}

Found servers_differ(const Evidence& evidence) {
    const auto telling = evidence.telling();
    if (telling.empty()) return std::nullopt;
    const auto same = [&telling](const ServerFacts* facts) {
        return facts->standing == telling.front()->standing && facts->targets == telling.front()->targets &&
               facts->texts == telling.front()->texts;
    };
    if (std::all_of(telling.begin(), telling.end(), same)) return std::nullopt;
    if (!evidence.any_tells(Standing::right)) {
        // What all of them get wrong is the matter, not in which way, unless one has an older zone.
        const auto serial = telling.front()->serial;
        if (std::all_of(telling.begin(), telling.end(),
                        [&](const ServerFacts* facts) { return facts->serial == serial; })) {
            return std::nullopt;
        }
    }
    std::string detail, wrong;
    for (const ServerFacts* const facts : telling) {
        detail += (detail.empty() ? "" : "; ") + with_serial(*facts);
        if (facts->standing != Standing::right)
            wrong += (wrong.empty() ? "" : ", ") + facts->server.name.text();
    }
    return Diagnosis{
        Weight::fault,
        "servers-differ",
        {},
        "the name servers differ: " + detail,
        "The name servers of " + evidence.zone().text() +
            " must say the same; now it is chance whether the record is seen. Repair the one that "
            "is behind (" +
            wrong + "): its zone transfer, or, if it belongs to another provider, its copy of the records."};
}

constexpr std::array agreement{Rule{"servers-differ", servers_differ}};

}  // namespace

std::span<const Rule> conflict_rules() { return conflicts; }
std::span<const Rule> agreement_rules() { return agreement; }

}  // namespace custdkim::activation
