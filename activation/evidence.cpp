#include "activation/evidence.hpp"

#include <algorithm>

#include "activation/record_reading.hpp"
#include "dns/record_text.hpp"

namespace custdkim::activation {

using dns::Answer;
using dns::Name;
using dns::QuestionType;

namespace {

// What the server says in the end, as a resolver would get it out of it: over TCP what is cut over UDP,
// without EDNS what is refused with it.
const Result<Answer>& in_the_end(const Evidence& evidence, const Server& server, const Name& name,
                                 QuestionType type) {
    const Result<Answer>& usual = evidence.direct.at(server, name, type);
    if (tells(usual)) return usual;
    for (const Manner manner : {Manner::tcp, Manner::plain}) {
        const Result<Answer>& other = evidence.direct.at(server, name, type, manner);
        if (tells(other)) return other;
    }
    return usual;
}

// NOERROR, no authority, and somebody above the zone is named (the "upward referral" of lame servers).
bool sends_elsewhere(const Answer& answer, const Name& zone) {
    if (answer.authoritative || answer.rcode != dns::rcode::noerror) return false;
    if (!of_type(answer.authority, "SOA").empty()) return false;
    const auto named = of_type(answer.authority, "NS");
    return std::all_of(named.begin(), named.end(), [&zone](const dns::Record& record) {
        return record.owner != zone && zone.relative_to(record.owner);
    });
}

Service service_of(const Result<Answer>& soa, const Name& zone) {
    if (!soa) return soa.error().code == Errc::corrupt ? Service::malformed : Service::silent;
    if (soa->truncated) return Service::serves;
    if (soa->rcode == dns::rcode::refused) return Service::refuses;
    if (soa->rcode == dns::rcode::servfail) return Service::not_loaded;
    if (!tells(soa)) return Service::fails;
    if (!at_name(of_type(soa->answer, "SOA"), zone).empty()) return Service::serves;
    if (!next_hops(zone, *soa).empty()) return Service::apex_alias;
    return sends_elsewhere(*soa, zone) ? Service::refuses : Service::serves;
}

// The names that lead to the target on the way that the world goes.
bool leads_on(const Evidence& evidence, const Name& hop) {
    if (hop == evidence.subject.slot.target) return true;
    const auto& way = evidence.world.chain.names;
    return way.back() == evidence.subject.slot.target && std::find(way.begin(), way.end(), hop) != way.end();
}

Standing standing_of(const Evidence& evidence, const Result<Answer>& answer) {
    if (!answer) return answer.error().code == Errc::corrupt ? Standing::malformed : Standing::silent;
    if (answer->truncated) return Standing::cut;
    if (answer->rcode == dns::rcode::refused) return Standing::refused;
    if (!tells(answer)) return Standing::failed;
    const Name& owner = evidence.subject.slot.owner;
    const auto hops = next_hops(owner, *answer);
    if (hops.size() > 1) return Standing::several;
    if (hops.size() == 1) {
        Chain chain{owner};
        chain.follow(*answer, evidence.subject.slot.target);
        return leads_on(evidence, chain.end()) || leads_on(evidence, *hops.begin()) ? Standing::right
                                                                                    : Standing::wrong;
    }
    if (!answer->answer.empty()) return Standing::misfit;
    if (answer->rcode == dns::rcode::nxdomain) return Standing::no_name;
    const bool names_others =
        !answer->authoritative && of_type(answer->authority, "SOA").empty() && !answer->authority.empty();
    return names_others ? Standing::referral : Standing::no_data;
}

void read_text(const Evidence& evidence, const Result<Answer>& txt, ServerFacts& facts) {
    const Name& owner = evidence.subject.slot.owner;
    if (!txt) {
        if (txt.error().code != Errc::not_found) facts.text_failure = txt.error().detail;
        return;
    }
    if (txt->truncated || !tells(txt)) {
        facts.text_failure = txt->truncated ? "truncated" : dns::rcode_name(txt->rcode);
        return;
    }
    facts.text_has_alias = !next_hops(owner, *txt).empty();
    for (const dns::Text& text : txt->all_texts) {
        if (text.owner == owner) facts.texts.push_back(text.text);
    }
}

void read_other_types(const Evidence& evidence, const Server& server, ServerFacts& facts) {
    const Name& owner = evidence.subject.slot.owner;
    std::set<std::string> types;
    const Result<Answer>& any = in_the_end(evidence, server, owner, QuestionType::any);
    if (tells(any)) {
        for (const dns::Record& record : at_name(any->answer, owner)) {
            if (record.type == "HINFO" && record.content.find("RFC8482") != std::string::npos) continue;
            if (record.type != "CNAME" && !is_of_dnssec(record)) types.insert(record.type);
        }
    }
    facts.other_types.assign(types.begin(), types.end());
}

}  // namespace

std::string ServerFacts::text() const { return server.name.text() + " (" + server.address.address + ")"; }

namespace {

ServerFacts facts_of(const Server& server, const Evidence& evidence) {
    ServerFacts facts;
    facts.server = server;
    const Name zone = evidence.zone();
    const Name& owner = evidence.subject.slot.owner;
    const Result<Answer>& soa = in_the_end(evidence, server, zone, QuestionType::soa);
    const Result<Answer>& cname = in_the_end(evidence, server, owner, QuestionType::cname);
    facts.service = service_of(soa, zone);
    // PowerDNS tells the SOA all the same, and for every other type the CNAME.
    const Result<Answer>& ns = in_the_end(evidence, server, zone, QuestionType::ns);
    if (tells(ns) && !next_hops(zone, *ns).empty()) facts.service = Service::apex_alias;
    facts.standing = standing_of(evidence, cname);
    facts.needs_plain = !tells(evidence.direct.at(server, zone, QuestionType::soa)) &&
                        tells(evidence.direct.at(server, zone, QuestionType::soa, Manner::plain));
    if (soa) facts.serial = soa->serial;
    if (tells(cname)) {
        for (const dns::Record& record : at_name(of_type(cname->answer, "CNAME"), owner)) {
            if (const auto target = name_in(record)) facts.targets.push_back(*target);
        }
    }
    read_text(evidence, in_the_end(evidence, server, owner, QuestionType::txt), facts);
    read_other_types(evidence, server, facts);
    return facts;
}

}  // namespace

void note_servers(Evidence& evidence) {
    evidence.servers.clear();
    const Delegation* const cut = evidence.delegations.zone();
    if (!cut) return;
    for (const Server& server : cut->servers) evidence.servers.push_back(facts_of(server, evidence));
}

Name Evidence::zone() const {
    const Delegation* const cut = delegations.zone();
    return cut ? cut->zone : subject.domain;
}

std::vector<const ServerFacts*> Evidence::telling() const {
    std::vector<const ServerFacts*> found;
    for (const ServerFacts& facts : servers) {
        switch (facts.standing) {
            case Standing::right:
            case Standing::wrong:
            case Standing::several:
            case Standing::no_data:
            case Standing::no_name:
            case Standing::referral: found.push_back(&facts); break;
            default: break;
        }
    }
    return found;
}

bool Evidence::all_tell(Standing standing) const {
    const auto found = telling();
    return !found.empty() && std::all_of(found.begin(), found.end(), [standing](const ServerFacts* facts) {
        return facts->standing == standing;
    });
}

bool Evidence::any_tells(Standing standing) const {
    return std::any_of(servers.begin(), servers.end(),
                       [standing](const ServerFacts& facts) { return facts.standing == standing; });
}

const Answer* Evidence::best(const Name& name, QuestionType type) const {
    const Answer* found = nullptr;
    for (const ServerFacts& facts : servers) {
        const Result<Answer>& answer = in_the_end(*this, facts.server, name, type);
        if (!tells(answer)) continue;
        if (!found || (found->answer.empty() && !answer->answer.empty())) found = &*answer;
    }
    return found;
}

bool Evidence::has(const Name& name, QuestionType type) const {
    const Answer* const answer = best(name, type);
    return answer && !at_name(of_type(answer->answer, dns::question_type_name(type)), name).empty();
}

std::string server_list(const std::vector<const ServerFacts*>& servers) {
    std::string text;
    for (const ServerFacts* const facts : servers) text += (text.empty() ? "" : ", ") + facts->text();
    return text;
}

}  // namespace custdkim::activation
