#include "lab/resolver/iteration.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace custdkim::lab {

namespace {

constexpr unsigned most_referrals = 30;
constexpr std::size_t most_servers = 16;  // of one zone
constexpr unsigned rounds = 2;            // through the servers of a zone, as packets do get lost
constexpr std::uint32_t no_soa_ttl = 5;   // of a denial that does not say how long it holds; as in Unbound
constexpr std::chrono::seconds longest_delay{10};

std::optional<std::string> address_text(const ResourceRecord& record) {
    char text[INET6_ADDRSTRLEN];
    const bool is_v4 = record.type == type::a && record.rdata.size() == 4;
    const bool is_v6 = record.type == type::aaaa && record.rdata.size() == 16;
    if (!is_v4 && !is_v6) return std::nullopt;
    if (!inet_ntop(is_v4 ? AF_INET : AF_INET6, record.rdata.data(), text, sizeof text)) return std::nullopt;
    return std::string(text);
}

std::vector<std::string> address_texts(const Records& records, const WireName& owner) {
    std::vector<std::string> texts;
    for (const ResourceRecord& record : records) {
        if (fold_case(record.owner) != owner) continue;
        if (auto text = address_text(record)) texts.push_back(std::move(*text));
    }
    return texts;
}

bool is_infrastructure(std::uint16_t type) { return type == type::ds || type == type::dnskey; }

}  // namespace

Iteration::Iteration(const Resolver::Parts& parts, const ResolverSettings& settings)
    : parts_(parts),
      settings_(settings),
      findings_(settings.max_entries),
      delegations_(settings.max_entries) {
    Delegation root{WireName(1, '\0'), {}};
    for (const std::string& address : parts.root_servers) root.servers.push_back({{}, {address}});
    root_ = std::make_shared<const Delegation>(std::move(root));
}

FindingPointer Iteration::remembered(const WireName& name, std::uint16_t type, Timestamp now) {
    if (auto exact = findings_.find(cache_key(name, type), now)) return exact;
    if (type == type::ds) return nullptr;  // belongs to the parent zone, where the alias does not
    auto alias = findings_.find(cache_key(name, type::cname), now);
    if (alias && alias->kind == Finding::Kind::records && !(alias->verdict == Security::bogus)) return alias;
    // RFC 8020, as Unbound: only where the denial is proven.
    for (WireName above = name; label_count(above) > 0; above = parent(above)) {
        if (auto none = findings_.find(cache_key(above, 0), now)) return none;
    }
    return nullptr;
}

FindingPointer Iteration::find(const WireName& name, std::uint16_t type, Work& work) {
    if (auto known = remembered(name, type, work.now)) return known;
    return ask(name, type, work);
}

FindingPointer Iteration::ask(const WireName& name, std::uint16_t type, Work& work) {
    DelegationPointer zone = closest(name, type, work.now);
    for (unsigned referrals = 0; referrals < most_referrals; ++referrals) {
        Reading reading = ask_zone(*zone, name, type, work);
        if (reading.kind == Reading::Kind::useless) break;
        if (reading.kind == Reading::Kind::findings) {
            return settle(std::move(reading.findings), name, work.now);
        }
        if (reading.kind == Reading::Kind::empty) {
            Finding nothing;
            nothing.kind = Finding::Kind::empty;
            nothing.name = name;
            nothing.type = type;
            return settle({nothing}, name, work.now);
        }
        zone = delegation(reading, work.now);
    }
    return failure(name, type, work.now);
}

// The servers to begin with: those of the deepest zone that is known; for a DS those above it.
Iteration::DelegationPointer Iteration::closest(const WireName& name, std::uint16_t type, Timestamp now) {
    WireName at = type == type::ds ? parent(name) : name;
    for (; label_count(at) > 0; at = parent(at)) {
        if (auto known = delegations_.find(at, now)) return known;
    }
    return root_;
}

Iteration::DelegationPointer Iteration::delegation(const Reading& referral, Timestamp now) {
    Delegation found{referral.cut, {}};
    for (const ResourceRecord& record : referral.name_servers) {
        const WireName name = fold_case(target_of(record));
        if (name.empty() || found.servers.size() >= most_servers) continue;
        found.servers.push_back({name, address_texts(referral.glue, name)});
    }
    std::uint32_t ttl = least_ttl(referral.name_servers);
    if (!referral.glue.empty()) ttl = std::min(ttl, least_ttl(referral.glue));
    const Duration lasts = std::min(Duration(ttl), settings_.max_ttl);
    auto pointer = std::make_shared<const Delegation>(std::move(found));
    if (lasts.count() > 0) delegations_.put(pointer->zone, pointer, now + lasts);
    return pointer;
}

Reading Iteration::ask_zone(const Delegation& zone, const WireName& name, std::uint16_t type, Work& work) {
    bool only_silence = true;
    Reading reading;
    const std::size_t turn = next_turn(zone.zone, type);
    for (unsigned round = 0; round < rounds && reading.kind == Reading::Kind::useless; ++round) {
        reading = ask_round(zone, turn, name, type, only_silence, work);
    }
    if (reading.kind == Reading::Kind::useless && only_silence) work.delay += settings_.patience;
    work.delay = std::min<std::chrono::milliseconds>(work.delay, longest_delay);
    return reading;
}

// Every server once, until one knows. What says nothing at all counts only if nobody says more.
Reading Iteration::ask_round(const Delegation& zone, std::size_t turn, const WireName& name,
                             std::uint16_t type, bool& only_silence, Work& work) {
    Reading best;
    for (std::size_t i = 0; i < zone.servers.size(); ++i) {
        const Server& server = zone.servers[(turn + i) % zone.servers.size()];
        for (const std::string& address : addresses(server, work)) {
            if (work.is_too_much()) return best;
            const Heard heard = ask_server(parts_, address, name, type, work);
            only_silence = only_silence && heard.kind == Heard::Kind::silence;
            if (heard.kind != Heard::Kind::message) continue;
            Reading reading = read_response(heard.message, zone.zone, name, type);
            if (reading.kind == Reading::Kind::useless) continue;
            if (reading.kind != Reading::Kind::empty) return reading;
            best = std::move(reading);
        }
    }
    return best;
}

std::vector<std::string> Iteration::addresses(const Server& server, Work& work) {
    if (!server.addresses.empty()) return server.addresses;
    if (work.depth >= Work::most_depth || work.is_too_much()) return {};
    ++work.depth;
    ++work.asked;
    std::vector<std::string> found;
    for (const std::uint16_t type : {type::a, type::aaaa}) {
        const FindingPointer finding = find(server.name, type, work);
        if (finding->kind != Finding::Kind::records) continue;
        found = address_texts(finding->records, server.name);
        if (!found.empty()) break;
    }
    --work.depth;
    return found;
}

// Questions for the sake of validation do not move the turn: which server a client's question meets must not
// depend on whether the zone is signed.
std::size_t Iteration::next_turn(const WireName& zone, std::uint16_t type) {
    const std::lock_guard lock(turns_mutex_);
    if (turns_.size() > settings_.max_entries) turns_.clear();
    std::size_t& turn = turns_[zone];
    return is_infrastructure(type) ? turn : turn++;
}

FindingPointer Iteration::settle(std::vector<Finding> findings, const WireName& name, Timestamp now) {
    FindingPointer first;
    for (Finding& finding : findings) {
        const bool is_positive = finding.kind == Finding::Kind::records;
        if (!is_positive && !negative_ttl(finding.proof)) finding.ttl = no_soa_ttl;
        const Duration cap = is_positive ? settings_.max_ttl : settings_.max_negative_ttl;
        finding.ttl = static_cast<std::uint32_t>(std::min(Duration(finding.ttl), cap).count());
        finding.stored = now;
        if (parts_.trust_anchor.empty()) finding.verdict.security = Security::insecure;
        auto pointer = std::make_shared<const Finding>(std::move(finding));
        keep(pointer);
        if (pointer->name == name && !first) first = pointer;
    }
    return first;
}

FindingPointer Iteration::failure(const WireName& name, std::uint16_t type, Timestamp now) {
    Finding finding;
    finding.name = name;
    finding.type = type;
    finding.stored = now;
    finding.ttl = static_cast<std::uint32_t>(settings_.servfail_ttl.count());
    auto pointer = std::make_shared<const Finding>(std::move(finding));
    keep(pointer);
    return pointer;
}

void Iteration::keep(const FindingPointer& finding) {
    if (finding->ttl == 0) return;
    const Timestamp until = finding->stored + Duration(finding->ttl);
    findings_.put(cache_key(finding->name, finding->type), finding, until);
    if (finding->kind == Finding::Kind::nxdomain && finding->verdict == Security::secure) {
        findings_.put(cache_key(finding->name, 0), finding, until);
    }
}

void Iteration::flush() {
    findings_.clear();
    delegations_.clear();
}

void Iteration::flush(const WireName& at_or_below) {
    findings_.forget(at_or_below);
    delegations_.forget(at_or_below);
}

}  // namespace custdkim::lab
