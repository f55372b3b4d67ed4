#include "lab/internet/signed_zone.hpp"

#include "lab/internet/denial.hpp"
#include "lab/internet/zone_answer.hpp"

namespace custdkim::lab {

namespace {

constexpr std::uint32_t key_ttl = 3600, default_negative_ttl = 300;
constexpr unsigned char unknown_algorithm = 100;  // unassigned by IANA
constexpr Timestamp start_of(int year) { return std::chrono::sys_days(std::chrono::year{year} / 1 / 1); }

Validity validity_of(DnssecFault fault) {
    switch (fault) {
        case DnssecFault::expired: return {start_of(2000), start_of(2001)};
        case DnssecFault::not_yet_valid: return {start_of(2036), start_of(2037)};
        default: return for_decades;
    }
}

std::string with_unknown_algorithm(std::string dnskey) {
    dnskey[3] = static_cast<char>(unknown_algorithm);
    return dnskey;
}

// The zone's own names and its delegations; not what is below those (RFC 4035 section 2.2).
std::vector<Node*> authoritative_nodes(Zone& zone) {
    std::vector<Node*> nodes;
    std::string cut;  // sort key of the last delegation
    for (Node* node : zone.in_order()) {
        const std::string key = sort_key(fold_case(node->name));
        if (!cut.empty() && key.starts_with(cut)) continue;
        nodes.push_back(node);
        if (node != zone.top() && node->find(type::ns)) cut = key;
    }
    return nodes;
}

bool is_signed(const Zone& zone, const Node& node, std::uint16_t set) {
    const bool is_cut = &node != zone.top() && node.find(type::ns);
    return !is_cut || set == type::ds || set == type::nsec;
}

void add_denials(Zone& zone, const std::vector<Node*>& nodes) {
    const ResourceRecord* soa = zone.soa();
    const std::uint32_t ttl = soa ? negative_ttl(*soa) : default_negative_ttl;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        std::set<std::uint16_t> types{type::nsec, type::rrsig};
        for (const ZoneSet& set : nodes[i]->sets) {
            if (is_signed(zone, *nodes[i], set.type) || set.type == type::ns) types.insert(set.type);
        }
        const WireName& next = nodes[(i + 1) % nodes.size()]->name;
        const ResourceRecord nsec{nodes[i]->name, type::nsec, ttl, nsec_rdata(fold_case(next), types)};
        nodes[i]->sets.push_back({type::nsec, {nsec}, {}});
    }
}

void remove(Node& node, std::uint16_t type) {
    std::erase_if(node.sets, [type](const ZoneSet& set) { return set.type == type; });
}

void spoil(ZoneSet& set) {
    for (ResourceRecord& signature : set.signatures) {
        signature.rdata.back() = static_cast<char>(signature.rdata.back() ^ 1);
    }
}

// Key tag and algorithm of a signature (RFC 4034 section 3.1) by the key of an algorithm nobody knows.
void disguise(ResourceRecord& signature, const std::string& dnskey) {
    const std::uint16_t tag = key_tag(dnskey);
    signature.rdata[2] = static_cast<char>(unknown_algorithm);
    signature.rdata[16] = static_cast<char>(tag >> 8);
    signature.rdata[17] = static_cast<char>(tag & 0xff);
}

void disguise_all(const std::vector<Node*>& nodes, const std::string& dnskey) {
    for (Node* node : nodes) {
        for (ZoneSet& set : node->sets) {
            for (ResourceRecord& signature : set.signatures) disguise(signature, dnskey);
            if (set.type == type::dnskey) set.records.front().rdata = dnskey;
        }
    }
}

}  // namespace

void sign_zone(Zone& zone, const SigningKey& key, const SigningFault& fault) {
    const WireName& apex = zone.top()->name;
    zone.add({apex, type::dnskey, key_ttl, key.dnskey()});
    const std::vector<Node*> nodes = authoritative_nodes(zone);
    add_denials(zone, nodes);
    for (Node* node : nodes) {
        for (ZoneSet& set : node->sets) {
            if (!is_signed(zone, *node, set.type)) continue;
            set.signatures = {key.sign(set.records, zone.apex(), validity_of(fault.fault))};
        }
    }
    switch (fault.fault) {
        case DnssecFault::altered_record:
            if (Node* node = zone.find(fault.altered)) {
                for (ZoneSet& set : node->sets) {
                    if (set.type != type::nsec) spoil(set);
                }
            }
            break;
        case DnssecFault::no_dnskey: remove(*zone.find(zone.apex()), type::dnskey); break;
        case DnssecFault::no_nsec:
            for (Node* node : nodes) remove(*node, type::nsec);
            break;
        case DnssecFault::broken_nsec:
            for (Node* node : nodes) {
                for (ZoneSet& set : node->sets) {
                    if (set.type == type::nsec) spoil(set);
                }
            }
            break;
        case DnssecFault::record_added_by_hand:
            for (const ResourceRecord& record : fault.added) zone.add(record);
            break;
        case DnssecFault::unknown_algorithm: disguise_all(nodes, with_unknown_algorithm(key.dnskey())); break;
        default: break;
    }
    zone.index_denials();
}

std::vector<std::string> ds_of(const WireName& apex, const SigningKey& key, const SigningKey& other_key,
                               DnssecFault fault) {
    switch (fault) {
        case DnssecFault::ds_mismatch: return {ds_rdata(apex, other_key.dnskey())};
        case DnssecFault::unknown_algorithm: return {ds_rdata(apex, with_unknown_algorithm(key.dnskey()))};
        default: return {ds_rdata(apex, key.dnskey())};
    }
}

}  // namespace custdkim::lab
