#include "activation/gathering.hpp"

#include <algorithm>
#include <exception>
#include <future>

#include "activation/record_reading.hpp"
#include "activation/resolver_as_server.hpp"

namespace custdkim::activation {

using dns::Answer;
using dns::Name;
using dns::QuestionType;

namespace {

// It would end the program in a thread of the rotator's.
template <typename Ask>
Result<Answer> guarded(const Ask& ask) {
    try {
        return ask();
    } catch (const std::exception& e) {
        return Error{Errc::internal, e.what()};
    }
}

std::vector<Server> servers_of(const Evidence& evidence) {
    const Delegation* const cut = evidence.delegations.zone();
    return cut ? cut->servers : std::vector<Server>();
}

void want_basics(Evidence& evidence) {
    const Name& owner = evidence.subject.slot.owner;
    for (const Server& server : servers_of(evidence)) {
        evidence.direct.want(server, evidence.zone(), QuestionType::soa);
        evidence.direct.want(server, evidence.zone(), QuestionType::ns);
        evidence.direct.want(server, one_up(owner), QuestionType::dname);
        for (const QuestionType type : {QuestionType::cname, QuestionType::txt}) {
            evidence.direct.want(server, owner, type);
        }
        // Resolvers tell what they happen to have.
        if (!evidence.is_second_hand) evidence.direct.want(server, owner, QuestionType::any);
    }
}

// What was cut short is asked for again over TCP, as resolvers do.
void want_the_rest(Evidence& evidence) {
    std::vector<dns::Probe> cut_short;
    for (const auto& seen : evidence.direct.all()) {
        const bool is_cut = seen.answer && seen.answer->truncated;
        if (is_cut && seen.probe.transport == dns::Transport::udp) cut_short.push_back(seen.probe);
    }
    for (const Server& server : servers_of(evidence)) {
        for (const dns::Probe& probe : cut_short) {
            if (probe.server == server.address) {
                evidence.direct.want(server, probe.name, probe.type, Manner::tcp);
            }
        }
    }
}

void want_plain(Evidence& evidence) {
    if (evidence.is_second_hand) return;
    for (const Server& server : servers_of(evidence)) {
        const auto& soa = evidence.direct.at(server, evidence.zone(), QuestionType::soa);
        const bool told = soa && (soa->truncated || soa->rcode == dns::rcode::noerror);
        if (told) continue;
        evidence.direct.want(server, evidence.zone(), QuestionType::soa, Manner::plain);
        for (const QuestionType type : {QuestionType::cname, QuestionType::txt}) {
            evidence.direct.want(server, evidence.subject.slot.owner, type, Manner::plain);
        }
    }
}

void want_candidates(Evidence& evidence, const Server& server) {
    for (const CandidateName& candidate : evidence.candidates) {
        evidence.direct.want(server, candidate.name, QuestionType::cname);
    }
    for (const SlotNames& other : evidence.subject.others) {
        evidence.direct.want(server, other.owner, QuestionType::cname);
    }
}

void want_closer(Evidence& evidence) {
    const Name& owner = evidence.subject.slot.owner;
    bool has_told = false;
    for (const Server& server : servers_of(evidence)) {
        for (const QuestionType type : {QuestionType::a, QuestionType::aaaa, QuestionType::https}) {
            evidence.direct.want(server, owner, type);
        }
        for (const QuestionType type : {QuestionType::cname, QuestionType::txt}) {
            evidence.direct.want(server, evidence.sibling, type);
        }
        evidence.direct.want(server, evidence.subject.domain, QuestionType::dname);
        if (evidence.is_second_hand) {
            want_candidates(evidence, server);
            continue;
        }
        evidence.direct.want(server, owner, QuestionType::cname, Manner::signatures);
        evidence.direct.want(server, evidence.zone(), QuestionType::soa, Manner::signatures);
        evidence.direct.want(server, evidence.zone(), QuestionType::dnskey, Manner::signatures);
        evidence.direct.want(server, owner, QuestionType::cname, Manner::tcp);
        // Elsewhere is looked for at one server only: the first that tells anything.
        const auto& cname = evidence.direct.at(server, owner, QuestionType::cname);
        if (has_told || !cname) continue;
        has_told = dns::tells(*cname);
        if (has_told) want_candidates(evidence, server);
    }
}

// From name to name, each asked for by itself: where the TXT is asked for, resolvers give up too early to
// tell.
void follow_chain(Evidence& evidence, const Surroundings& around, const Patience& patience) {
    const Name& target = evidence.subject.slot.target;
    evidence.chain = Chain(evidence.subject.slot.owner);
    if (const Answer* const first = evidence.best(evidence.subject.slot.owner, QuestionType::cname)) {
        evidence.chain.follow(*first, target);
    } else if (evidence.world.cname) {
        evidence.chain.follow(*evidence.world.cname, target);
    }
    Chain& chain = evidence.chain;
    ResolverAsServer servers(around.resolver, around.name_servers);
    while (chain.hops() > 0 && chain.flaw == Chain::Flaw::none && chain.end() != target &&
           !patience.is_over()) {
        const std::size_t before = chain.hops();
        for (const Server& server : servers_of(evidence)) {
            if (!chain.end().relative_to(evidence.zone())) break;
            evidence.direct.want(server, chain.end(), QuestionType::cname);
            evidence.direct.ask(servers, patience.at_most(evidence.settings.probe_deadline));
            const auto& next = evidence.direct.at(server, chain.end(), QuestionType::cname);
            if (!next) continue;
            chain.follow(*next, target);
            break;
        }
        if (chain.hops() == before && !chain.end().relative_to(evidence.zone())) {
            const auto next = guarded([&] { return around.resolver.ask(chain.end(), QuestionType::cname); });
            if (next) chain.follow(*next, target);
        }
        if (chain.hops() == before) return;
    }
}

// Where no name server can be asked and the view is a configured resolver's, that is asked in their place.
void ask_resolver_instead(Evidence& evidence) {
    Delegation cut;
    cut.zone = evidence.zone();
    if (const Delegation* const known = evidence.delegations.zone()) cut = *known;
    cut.servers = {ResolverAsServer::server()};
    evidence.delegations.cuts = {cut};
    evidence.is_second_hand = true;
}

bool nobody_answers(const Evidence& evidence) {
    const auto& all = evidence.direct.all();
    return std::none_of(all.begin(), all.end(), [](const auto& seen) { return seen.answer.has_value(); });
}

}  // namespace

void look_around(Evidence& evidence, const Surroundings& around, KnownServers& known,
                 const Patience& patience) {
    const Name& owner = evidence.subject.slot.owner;
    const auto ask = [&around, &owner](QuestionType type) {
        return guarded([&] { return around.resolver.ask(owner, type); });
    };
    auto cname = std::async(std::launch::async, ask, QuestionType::cname);
    auto txt = std::async(std::launch::async, ask, QuestionType::txt);
    const Way way{known,
                  around.resolver,
                  around.name_servers,
                  around.roots,
                  evidence.settings.port,
                  patience,
                  evidence.settings.probe_deadline};
    evidence.delegations = find_delegations(way, evidence.subject.domain, owner);
    want_basics(evidence);
    evidence.direct.ask(around.name_servers, patience.at_most(evidence.settings.probe_deadline));
    evidence.world.cname = cname.get();
    evidence.world.txt = txt.get();
    if (around.roots.empty() && nobody_answers(evidence)) {
        ask_resolver_instead(evidence);
        want_basics(evidence);
    }
    ResolverAsServer servers(around.resolver, around.name_servers);
    want_the_rest(evidence);
    evidence.direct.ask(servers, patience.at_most(evidence.settings.probe_deadline));
}

void look_closer(Evidence& evidence, const Surroundings& around, const Patience& patience) {
    ResolverAsServer servers(around.resolver, around.name_servers);
    const auto owner_up = one_up(evidence.subject.slot.owner);
    constexpr std::size_t random_letters = 12;
    const auto sibling =
        Name::parse(around.random.text(random_letters, "abcdefghijklmnopqrstuvwxyz") + "." + owner_up.text());
    evidence.sibling = sibling ? *sibling : owner_up;
    evidence.candidates =
        candidate_names(evidence.subject.selector, evidence.subject.domain, evidence.zone());
    want_plain(evidence);
    want_closer(evidence);
    evidence.direct.ask(servers, patience.at_most(evidence.settings.probe_deadline));
    want_the_rest(evidence);
    evidence.direct.ask(servers, patience.at_most(evidence.settings.probe_deadline));
    if (patience.is_over()) return;
    evidence.world_target =
        guarded([&] { return around.resolver.ask(evidence.subject.slot.target, QuestionType::txt); });
    follow_chain(evidence, around, patience);
}

}  // namespace custdkim::activation
