#include "activation/delegation.hpp"

#include <algorithm>
#include <future>

#include "activation/known_servers.hpp"
#include "activation/observations.hpp"
#include "activation/record_reading.hpp"
#include "dns/customer_domain.hpp"
#include "dns/record_text.hpp"

namespace custdkim::activation {

using dns::Answer;
using dns::Name;
using dns::Probe;
using dns::QuestionType;
using dns::Record;
using dns::ServerAddress;

namespace {

constexpr std::size_t most_names = 13, most_cuts = 12, asked_first = 3;

// The NS set that the section has for a zone on the way from `above` to `name`; the lowest, if several.
std::optional<Delegation> referral(const std::vector<Record>& section, const Name& above, const Name& name) {
    Delegation cut;
    for (const Record& record : of_type(section, "NS")) {
        const bool on_the_way =
            name.relative_to(record.owner) && record.owner != above && record.owner.relative_to(above);
        if (!on_the_way || record.owner.label_count() < cut.zone.label_count()) continue;
        if (record.owner != cut.zone) cut.names.clear();
        cut.zone = record.owner;
        const auto server = name_in(record);
        if (server && cut.names.size() < most_names) cut.names.push_back(*server);
    }
    if (cut.names.empty()) return std::nullopt;
    cut.ds = at_name(of_type(section, "DS"), cut.zone);
    return cut;
}

// IPv4 before IPv6: many machines that send mail have no way to the latter.
std::optional<std::string> address_in(const std::vector<Record>& records, const Name& name) {
    for (const std::string_view type : {"A", "AAAA"}) {
        const auto found = at_name(of_type(records, type), name);
        if (!found.empty()) return found.front().content;
    }
    return std::nullopt;
}

std::optional<std::string> look_up_address(dns::Resolver& resolver, const Name& name) {
    for (const QuestionType type : {QuestionType::a, QuestionType::aaaa}) {
        const auto answer = resolver.ask(name, type);
        if (!answer) return std::nullopt;  // silence would be silence again
        // Of whatever name: there may be an alias.
        const auto found = of_type(answer->answer, dns::question_type_name(type));
        if (!found.empty()) return found.front().content;
    }
    return std::nullopt;
}

// Glue, or what a resolver says. Glue is of the zone's own servers, as a rule, and never remembered.
void add_addresses(const Way& way, Delegation& cut, const std::vector<Record>& glue) {
    std::vector<std::optional<std::string>> addresses;
    std::vector<std::pair<std::size_t, std::future<std::optional<std::string>>>> under_way;
    for (std::size_t i = 0; i < cut.names.size(); ++i) {
        const Name& name = cut.names[i];
        addresses.push_back(address_in(glue, name));
        if (!addresses[i]) addresses[i] = way.known.address_of(name);
        if (addresses[i] || way.patience.is_over()) continue;
        under_way.emplace_back(
            i, std::async(std::launch::async, [&way, &name] { return look_up_address(way.resolver, name); }));
    }
    for (auto& [position, looked_up] : under_way) {
        addresses[position] = looked_up.get();
        if (addresses[position]) way.known.learn_address(cut.names[position], *addresses[position]);
    }
    for (std::size_t i = 0; i < cut.names.size(); ++i) {
        if (addresses[i]) cut.servers.push_back({cut.names[i], {*addresses[i], way.port}});
    }
}

// Whose names customers register: no domain of theirs.
bool is_public_suffix(const Name& zone) { return zone.is_root() || !dns::read_customer_domain(zone.text()); }

// The first useful answer.
std::optional<Answer> ask_all(const Way& way, const std::vector<Probe>& probes) {
    if (probes.empty() || way.patience.is_over()) return std::nullopt;
    for (auto& answer : way.name_servers.ask(probes, way.patience.at_most(way.step))) {
        if (tells(answer)) return std::move(*answer);
    }
    return std::nullopt;
}

// Of a few of the servers; if they tell nothing, of all the others, and of all without EDNS, too, in case
// that is the trouble.
std::optional<Answer> ask_any(const Way& way, const std::vector<Server>& servers, const Name& name,
                              QuestionType type) {
    std::vector<Probe> first, others;
    for (std::size_t i = 0; i < servers.size(); ++i) {
        (i < asked_first ? first : others).push_back(probe_of(servers[i], name, type, Manner::signatures));
        others.push_back(probe_of(servers[i], name, type, Manner::plain));
    }
    if (auto answer = ask_all(way, first)) return answer;
    return ask_all(way, others);
}

// The parent's servers are the zone's, too, and refer nobody: the zone tells of itself.
void add_own_cut(const Way& way, const Name& domain, const std::vector<Server>& servers,
                 Delegations& delegations) {
    const auto soa = ask_any(way, servers, domain, QuestionType::soa);
    if (!soa) return;
    const Name above = delegations.cuts.empty() ? Name() : delegations.cuts.back().zone;
    std::vector<Record> soas = of_type(soa->answer, "SOA");
    for (const Record& record : of_type(soa->authority, "SOA")) soas.push_back(record);
    if (soas.empty() || soas.front().owner == above || !soas.front().owner.relative_to(above)) return;
    Delegation cut;
    cut.zone = soas.front().owner;
    if (!domain.relative_to(cut.zone)) return;
    const auto ns = ask_any(way, servers, cut.zone, QuestionType::ns);
    if (!ns) return;
    for (const Record& record : at_name(of_type(ns->answer, "NS"), cut.zone)) {
        const auto name = name_in(record);
        if (name && cut.names.size() < most_names) cut.names.push_back(*name);
    }
    const auto ds = ask_any(way, servers, cut.zone, QuestionType::ds);
    if (ds) cut.ds = of_type(ds->answer, "DS");
    add_addresses(way, cut, ns->additional);
    delegations.cuts.push_back(std::move(cut));
}

Delegations walk_down(const Way& way, const Name& domain, const Name& name) {
    Delegations found;
    std::vector<Server> servers;
    for (const ServerAddress& root : way.roots) servers.push_back({Name(), root});
    Name zone;
    if (auto registry = way.known.registry_above(domain)) {
        zone = registry->zone;
        servers = registry->servers;
        found.cuts.push_back(std::move(*registry));
    }
    for (std::size_t i = 0; i < most_cuts; ++i) {
        const auto answer = ask_any(way, servers, name, QuestionType::cname);
        if (!answer) {
            found.trouble = "no server of " + (zone.is_root() ? "the root" : zone.text()) + " told the way";
            return found;
        }
        auto cut = answer->authoritative ? std::nullopt : referral(answer->authority, zone, name);
        if (!cut) {
            const bool above_domain = zone != domain && domain.relative_to(zone).has_value();
            if (above_domain) add_own_cut(way, domain, servers, found);
            const bool is_lowest = !found.zone() || found.zone()->zone == zone;
            found.is_denied =
                above_domain && is_lowest && answer->rcode == dns::rcode::nxdomain && is_public_suffix(zone);
            return found;
        }
        cut->is_parents = true;
        add_addresses(way, *cut, answer->additional);
        zone = cut->zone;
        servers = cut->servers;
        if (is_public_suffix(zone)) way.known.learn_registry(*cut);
        found.cuts.push_back(std::move(*cut));
        // Whether these servers serve the domain is what is to be found out.
        if (zone == name) return found;
    }
    return found;
}

// What a resolver knows. It tells the zone's own NS set, not the parent's.
Delegations ask_resolver(const Way& way, const Name& domain) {
    Delegations found;
    for (Name name = domain; !name.is_root();) {
        const auto soa = way.resolver.ask_unchecked(name, QuestionType::soa);
        if (!tells(soa)) {
            found.trouble = "the resolver does not tell which zone " + domain.text() + " is in";
            return found;
        }
        std::vector<Record> soas = at_name(of_type(soa->answer, "SOA"), name);
        for (const Record& record : of_type(soa->authority, "SOA")) soas.push_back(record);
        if (soas.empty() || !domain.relative_to(soas.front().owner)) {
            name = one_up(name);
            continue;
        }
        Delegation cut;
        cut.zone = soas.front().owner;
        const auto ns = way.resolver.ask_unchecked(cut.zone, QuestionType::ns);
        const auto ds = way.resolver.ask_unchecked(cut.zone, QuestionType::ds);
        if (ds) cut.ds = of_type(ds->answer, "DS");
        for (const Record& record : ns ? of_type(ns->answer, "NS") : std::vector<Record>()) {
            const auto server = name_in(record);
            if (server && cut.names.size() < most_names) cut.names.push_back(*server);
        }
        if (ns) add_addresses(way, cut, ns->additional);
        found.cuts.push_back(std::move(cut));
        return found;
    }
    return found;
}

}  // namespace

const Delegation* Delegations::zone_of(const Name& name) const {
    const Delegation* lowest = nullptr;
    for (const Delegation& cut : cuts) {
        if (name.relative_to(cut.zone)) lowest = &cut;
    }
    return lowest;
}

Delegations find_delegations(const Way& way, const Name& domain, const Name& name) {
    return way.roots.empty() ? ask_resolver(way, domain) : walk_down(way, domain, name);
}

}  // namespace custdkim::activation
