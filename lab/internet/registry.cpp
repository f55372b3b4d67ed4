#include "lab/internet/registry.hpp"

#include "lab/internet/denial.hpp"
#include "lab/internet/zone_answer.hpp"

namespace custdkim::lab {

namespace {

constexpr std::uint32_t own_ttl = 3600, delegation_ttl = 300;
constexpr std::uint32_t negative = 30;  // a customer who is set up a minute later must not stay away for long
constexpr std::size_t max_name_length = 255;
constexpr std::string_view registry_label = "lab-registry", server_label = "a";

void put_number(std::string& octets, std::uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) octets += static_cast<char>(number >> shift & 0xff);
}

ResourceRecord soa_of(const WireName& zone) {
    std::string rdata = Registry::server_of(zone) + below("hostmaster", below(registry_label, zone));
    for (const std::uint32_t number : {1U, 7200U, 3600U, 1209600U, negative}) put_number(rdata, number);
    return {zone, type::soa, own_ttl, rdata};
}

bool is_above(const WireName& name, const WireName& other) { return is_at_or_below(other, name); }

}  // namespace

Registry::Registry(const Addresses& addresses, const Delegations& delegations, OnlineSigner* signer)
    : delegations_(delegations),
      signer_(signer),
      root_address_(address_rdata(addresses.root())),
      top_level_address_(address_rdata(addresses.top_level())) {
    for (const ResourceRecord& record : provider_records(addresses)) {
        if (record.type == type::a) addresses_[fold_case(record.owner)] = record.rdata;
    }
}

WireName Registry::server_of(std::string_view zone) {
    return below(server_label, below(registry_label, zone));
}

bool Registry::has_top_level(std::string_view name) const { return delegations_.any_at_or_below(name); }

Delegation Registry::top_level(std::string_view name) const {
    Delegation delegation{WireName(name), {server_of(name)}, {}};
    if (signer_) delegation.ds = {ds_rdata(delegation.zone, signer_->key().dnskey())};
    return delegation;
}

void Registry::answer(std::string_view zone, const Question& question, bool dnssec, Message& response) const {
    const WireName apex(zone), name = fold_case(question.name), server = server_of(zone);
    response.authoritative = true;
    if (name == apex) return give_apex(apex, question.type, dnssec, response);
    if (is_above(name, server)) {
        if (name == server && question.type == type::a) {
            const std::string& address = zone.size() == 1 ? root_address_ : top_level_address_;
            return give({{question.name, type::a, own_ttl, address}}, apex, dnssec, response.answer);
        }
        if (name == server) return give_nothing(apex, name, {type::a}, dnssec, response);
        return give_nothing(apex, name, {}, dnssec, response);
    }
    const Suffixes suffixes(name);
    if (zone.size() == 1) {
        if (has_top_level(suffixes.of(1))) {
            return answer_child(top_level(suffixes.of(1)), apex, question, dnssec, response);
        }
    } else if (const Delegation* child = delegations_.between(zone, name)) {
        return answer_child(*child, apex, question, dnssec, response);
    }
    if (delegations_.any_at_or_below(name)) return give_nothing(apex, name, {}, dnssec, response);
    give_no_such_name(apex, name, dnssec, response);
}

void Registry::answer_child(const Delegation& child, const WireName& zone, const Question& question,
                            bool dnssec, Message& response) const {
    std::vector<ResourceRecord> ds;
    for (const std::string& rdata : child.ds) ds.push_back({child.zone, type::ds, delegation_ttl, rdata});
    if (question.type == type::ds && fold_case(question.name) == child.zone) {
        if (ds.empty()) return give_nothing(zone, child.zone, {type::ns}, dnssec, response);
        return give(ds, zone, dnssec, response.answer);
    }
    refer(child, zone, response);
    if (!signer_ || !dnssec) return;
    if (ds.empty()) ds = {narrow_nsec(child.zone, {type::ns}, negative)};
    give(ds, zone, true, response.authority);
}

void Registry::refer(const Delegation& delegation, const WireName& above, Message& response) const {
    response.authoritative = false;
    for (const WireName& server : delegation.servers) {
        response.authority.push_back({delegation.zone, type::ns, delegation_ttl, server});
        if (!is_at_or_below(server, above)) continue;
        if (const auto address = address_of(server)) {
            response.additional.push_back({server, type::a, delegation_ttl, *address});
        }
    }
}

void Registry::give_apex(const WireName& zone, std::uint16_t wanted, bool dnssec, Message& response) const {
    std::set<std::uint16_t> types{type::soa, type::ns};
    if (signer_) types.insert(type::dnskey);
    if (!types.contains(wanted)) return give_nothing(zone, zone, types, dnssec, response);
    ResourceRecord record{zone, wanted, own_ttl, server_of(zone)};
    if (wanted == type::soa) record = soa_of(zone);
    if (wanted == type::dnskey) record.rdata = signer_->key().dnskey();
    give({record}, zone, dnssec, response.answer);
    if (wanted == type::ns) {
        response.additional.push_back(
            {server_of(zone), type::a, own_ttl, zone.size() == 1 ? root_address_ : top_level_address_});
    }
}

void Registry::give_nothing(const WireName& zone, const WireName& name, std::set<std::uint16_t> types,
                            bool dnssec, Message& response) const {
    ResourceRecord soa = soa_of(zone);
    soa.ttl = negative;
    give({soa}, zone, dnssec, response.authority);
    if (signer_ && dnssec) {
        give({narrow_nsec(name, std::move(types), negative)}, zone, true, response.authority);
    }
}

void Registry::give_no_such_name(const WireName& zone, const WireName& name, bool dnssec,
                                 Message& response) const {
    response.rcode = rcode::nxdomain;
    ResourceRecord soa = soa_of(zone);
    soa.ttl = negative;
    give({soa}, zone, dnssec, response.authority);
    if (!signer_ || !dnssec) return;
    const Suffixes suffixes(name);
    const WireName server = server_of(zone);
    std::size_t labels = Suffixes(zone).labels();  // of the closest encloser
    while (labels + 1 < suffixes.labels() && (delegations_.any_at_or_below(suffixes.of(labels + 1)) ||
                                              is_above(WireName(suffixes.of(labels + 1)), server))) {
        ++labels;
    }
    const WireName next_closer(suffixes.of(labels + 1)), wildcard = below("*", suffixes.of(labels));
    give({covering_nsec(next_closer, negative)}, zone, true, response.authority);
    if (wildcard == next_closer || wildcard.size() > max_name_length) return;
    give({covering_nsec(wildcard, negative)}, zone, true, response.authority);
}

void Registry::give(const std::vector<ResourceRecord>& set, const WireName& zone, bool dnssec,
                    std::vector<ResourceRecord>& section) const {
    if (signer_) return signer_->give(set, zone, dnssec, section);
    section.insert(section.end(), set.begin(), set.end());
}

std::optional<std::string> Registry::address_of(const WireName& server) const {
    if (server.starts_with(below(server_label, ""))) {
        const WireName zone = parent(parent(server));
        if (server_of(zone) == server) return zone.size() == 1 ? root_address_ : top_level_address_;
    }
    const auto found = addresses_.find(server);
    if (found == addresses_.end()) return std::nullopt;
    return found->second;
}

}  // namespace custdkim::lab
