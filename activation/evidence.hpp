// Everything that was seen of one slot: what the world sees, who answers for the zone, and what each of them
// says. The rules (activation/rules.hpp) read it and nothing else.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "activation/candidate_names.hpp"
#include "activation/chain.hpp"
#include "activation/diagnostician.hpp"
#include "activation/observations.hpp"
#include "activation/verdict.hpp"

namespace custdkim::activation {

// What a server does for the zone, going by its answer to the question for the SOA.
enum class Service {
    serves,      // there is a SOA, or it says where it is
    apex_alias,  // the apex is a CNAME
    refuses,     // REFUSED, or sends us elsewhere
    not_loaded,  // SERVFAIL
    fails,       // another rcode
    silent,
    malformed,
};

// What a server says of the CNAME at the owner.
enum class Standing {
    right,     // leads to the target, as far as this server knows the way
    wrong,     // leads elsewhere
    several,   // more than one CNAME
    no_data,   // the name is there, a CNAME is not (RFC 2308 section 2.2)
    no_name,   // NXDOMAIN
    referral,  // other servers are named
    misfit,    // an answer with records that were not asked for
    refused,
    failed,  // SERVFAIL, NOTIMP, FORMERR ...
    cut,     // truncated, and there is no more over TCP
    silent,
    malformed,
};

struct ServerFacts {
    Server server;
    Service service = Service::silent;
    Standing standing = Standing::silent;
    bool needs_plain = false;  // answers only without EDNS
    std::optional<std::uint32_t> serial;
    std::vector<dns::Name> targets;           // of the CNAMEs at the owner
    std::vector<std::string> texts;           // of the TXT records at the owner itself
    bool text_has_alias = false;              // the answer for the TXT has the alias
    std::optional<std::string> text_failure;  // why the question for the TXT was not answered
    std::vector<std::string> other_types;     // beside the CNAME, as far as it tells

    // "ns1.example.net (192.0.2.1)"
    std::string text() const;
};

struct Evidence {
    Subject subject;
    Settings settings;
    Timestamp now{};
    WorldView world;
    Verdict judged;  // what the world's view alone says
    Delegations delegations;
    Observations direct;
    std::vector<ServerFacts> servers;  // of the zone that the owner is in
    const Provider* provider = nullptr;
    bool is_second_hand = false;  // a resolver was asked in place of the name servers, which nobody reached

    // Only where the cause is looked for:
    dns::Name sibling;  // a name beside the owner that nobody can have published
    std::vector<CandidateName> candidates;
    std::optional<Result<dns::Answer>> world_target;  // the TXT at the target itself, as the world sees it
    Chain chain;                                      // from the owner, hop by hop

    explicit Evidence(Subject what)
        : subject(std::move(what)), world(subject.slot.owner), chain(subject.slot.owner) {}

    dns::Name zone() const;
    // Those that serve the zone and tell something of the owner.
    std::vector<const ServerFacts*> telling() const;
    bool all_tell(Standing standing) const;  // at least one does, and none tells otherwise
    bool any_tells(Standing standing) const;
    // The best that any server says to this question: with records before without; nullptr: nobody was asked,
    // or answered.
    const dns::Answer* best(const dns::Name& name, dns::QuestionType type) const;
    // The same where it has such records at this very name.
    bool has(const dns::Name& name, dns::QuestionType type) const;
};

// The facts about each server, from the observations.
void note_servers(Evidence& evidence);

std::string server_list(const std::vector<const ServerFacts*>& servers);

}  // namespace custdkim::activation
