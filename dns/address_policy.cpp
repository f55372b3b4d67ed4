#include "dns/address_policy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>

namespace custdkim::dns {

namespace {

// The registries of special-purpose addresses (RFC 6890), what is not globally reachable; and multicast.
constexpr const char* closed_v4[] = {"0.0.0.0/8",      "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",
                                     "169.254.0.0/16", "172.16.0.0/12",  "192.0.0.0/24",  "192.0.2.0/24",
                                     "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
                                     "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4"};
// ::/96, ::ffff:0:0/96, 2001::/32 (within /23) and 2002::/16 embed IPv4 addresses, and no name server that
// the world asks is there.
constexpr const char* closed_v6[] = {
    "::/96",     "::ffff:0:0/96", "64:ff9b:1::/48", "100::/64",  "2001::/23", "2001:db8::/32", "2002::/16",
    "3fff::/20", "5f00::/16",     "fc00::/7",       "fe80::/10", "fec0::/10", "ff00::/8"};
// The well-known prefix of NAT64 (RFC 6052 section 2.1): as reachable as the IPv4 address at its end.
constexpr const char* translation_prefix = "64:ff9b::";
constexpr unsigned translation_length = 96;

unsigned width(const Network& network) { return network.v6 ? 128 : 32; }

bool bit(const Network& network, unsigned number) {
    return (network.address[number / 8] >> (7 - number % 8) & 1) != 0;
}

// What is left of a network without another, in as few networks as it takes.
void cut(const Network& network, const Network& without, std::vector<Network>& left) {
    if (contains(without, network)) return;
    if (!contains(network, without)) {
        left.push_back(network);
        return;
    }
    Network half = network;
    ++half.prefix_length;
    cut(half, without, left);
    half.address[network.prefix_length / 8] |=
        static_cast<std::uint8_t>(0x80U >> (network.prefix_length % 8));
    cut(half, without, left);
}

Error complaint(std::string_view cidr, const std::string& why) {
    return invalid("'" + std::string(cidr) + "' is not a network: " + why +
                   "; write it like 127.0.0.0/8 or fd00::/8");
}

std::vector<Network> closed_networks() {
    std::vector<Network> networks;
    const Network translated = parse_network(translation_prefix).value();
    for (const char* text : closed_v4) {
        const Network v4 = parse_network(text).value();
        networks.push_back(v4);
        Network v6 = translated;
        std::copy_n(v4.address.begin(), 4, v6.address.begin() + translation_length / 8);
        v6.prefix_length = translation_length + v4.prefix_length;
        networks.push_back(v6);
    }
    for (const char* text : closed_v6) networks.push_back(parse_network(text).value());
    return networks;
}

}  // namespace

bool contains(const Network& outer, const Network& inner) {
    if (outer.v6 != inner.v6 || outer.prefix_length > inner.prefix_length) return false;
    for (unsigned number = 0; number < outer.prefix_length; ++number) {
        if (bit(outer, number) != bit(inner, number)) return false;
    }
    return true;
}

Result<Network> parse_network(std::string_view cidr) {
    const std::size_t slash = cidr.find('/');
    const std::string address(cidr.substr(0, slash));
    Network network;
    network.v6 = address.find(':') != std::string::npos;
    if (::inet_pton(network.v6 ? AF_INET6 : AF_INET, address.c_str(), network.address.data()) != 1) {
        return complaint(cidr, "'" + address + "' is not an IP address");
    }
    network.prefix_length = width(network);
    if (slash != std::string_view::npos) {
        const std::string_view digits = cidr.substr(slash + 1);
        const char* const end = digits.data() + digits.size();
        const auto [stop, error] = std::from_chars(digits.data(), end, network.prefix_length);
        if (error != std::errc() || stop != end || network.prefix_length > width(network)) {
            return complaint(cidr,
                             "behind the slash belongs a number from 0 to " + std::to_string(width(network)));
        }
    }
    for (unsigned number = network.prefix_length; number < width(network); ++number) {
        if (bit(network, number)) return complaint(cidr, "there are bits set behind the prefix");
    }
    return network;
}

std::string to_string(const Network& network) {
    char text[INET6_ADDRSTRLEN];
    ::inet_ntop(network.v6 ? AF_INET6 : AF_INET, network.address.data(), text, sizeof text);
    return std::string(text) + "/" + std::to_string(network.prefix_length);
}

AddressPolicy::AddressPolicy() : forbidden_(closed_networks()) {}

Result<AddressPolicy> AddressPolicy::make(const std::vector<std::string>& allow,
                                          const std::vector<std::string>& forbid) {
    AddressPolicy policy;
    for (const std::string& cidr : allow) {
        const auto allowed = parse_network(cidr);
        if (!allowed) return allowed.error();
        std::vector<Network> left;
        for (const Network& network : policy.forbidden_) cut(network, *allowed, left);
        policy.forbidden_ = std::move(left);
    }
    for (const std::string& cidr : forbid) {
        const auto forbidden = parse_network(cidr);
        if (!forbidden) return forbidden.error();
        policy.forbidden_.push_back(*forbidden);
    }
    return policy;
}

bool AddressPolicy::permits(std::string_view address) const {
    if (address.find('/') != std::string_view::npos) return false;
    const auto host = parse_network(address);
    return host && std::none_of(forbidden_.begin(), forbidden_.end(),
                                [&](const Network& network) { return contains(network, *host); });
}

std::vector<std::string> AddressPolicy::forbidden_networks() const {
    std::vector<std::string> texts;
    for (const Network& network : forbidden_) texts.push_back(to_string(network));
    return texts;
}

Result<void> check_network(std::string_view cidr) {
    const auto network = parse_network(cidr);
    if (!network) return network.error();
    return {};
}

}  // namespace custdkim::dns
