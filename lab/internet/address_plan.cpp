#include "lab/internet/address_plan.hpp"

#include <stdexcept>

#include "lab/wire/zone_text.hpp"

namespace custdkim::lab {

namespace {

constexpr unsigned most_sets = 250;  // the third octet of their addresses

// The first two octets of "127.53.0.0", as text.
std::string first_half(const std::string& network) {
    const std::size_t second = network.find('.', network.find('.') + 1);
    const std::string half = network.substr(0, second);
    if (second == std::string::npos || !parse_rdata(type::a, network) || network.substr(second) != ".0.0") {
        throw std::invalid_argument("'" + network + "' is no network for the lab; write one like 127.53.0.0");
    }
    return half;
}

}  // namespace

Addresses::Addresses(const AddressPlan& plan) : sets_(plan.customer_servers) {
    if (sets_ < 1 || sets_ > most_sets) {
        throw std::invalid_argument("the lab has 1 to " + std::to_string(most_sets) +
                                    " sets of customers' name servers, not " + std::to_string(sets_));
    }
    const std::string half = first_half(plan.network);
    const auto add = [this](std::string address, ServerRole role) {
        roles_[address] = role;
        all_.push_back(std::move(address));
    };
    using Kind = ServerRole::Kind;
    add(half + ".0.1", {Kind::root});
    add(half + ".0.2", {Kind::top_level});
    add(half + ".0.3", {Kind::key_zones});
    add(half + ".0.4", {Kind::provider});
    for (unsigned set = 0; set < sets_; ++set) {
        for (unsigned number = 1; number <= servers_per_set; ++number) {
            add(half + "." + std::to_string(set + 1) + "." + std::to_string(number),
                {Kind::customers, set, number});
        }
    }
}

const ServerRole* Addresses::role(const std::string& address) const {
    const auto found = roles_.find(address);
    return found == roles_.end() ? nullptr : &found->second;
}

const std::string& Addresses::customer(unsigned set, unsigned number) const {
    return all_[4 + set * servers_per_set + number - 1];
}

std::string customer_server_name(unsigned set, unsigned number) {
    return "ns" + std::to_string(number) + ".c" + std::to_string(set + 1) + "." + std::string(provider_zone);
}

std::string key_server_name() { return "ns.key-zones." + std::string(provider_zone); }

std::string address_rdata(const std::string& address) { return parse_rdata(type::a, address).value(); }

std::vector<ResourceRecord> provider_records(const Addresses& addresses) {
    const std::string origin(provider_zone);
    std::string text =
        "@ 3600 SOA ns hostmaster 1 7200 3600 1209600 300\n"
        "@ 3600 NS ns\n"
        "ns 3600 A " +
        addresses.provider() + "\n" + key_server_name() + ". 3600 A " + addresses.key_zones() + "\n";
    for (unsigned set = 0; set < addresses.sets(); ++set) {
        for (unsigned number = 1; number <= servers_per_set; ++number) {
            text += customer_server_name(set, number) + ". 3600 A " + addresses.customer(set, number) + "\n";
        }
    }
    return parse_zone_text(text, "the provider's zone", wire_name(origin).value()).value();
}

}  // namespace custdkim::lab
