// Which loopback address is which server of the fake internet, and what the servers are called. Values.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "lab/internet/internet.hpp"

namespace custdkim::lab {

inline constexpr std::size_t servers_per_set = 5;

struct ServerRole {
    enum class Kind { root, top_level, key_zones, provider, customers };
    Kind kind = Kind::root;
    unsigned set = 0;     // of customers' servers, from 0
    unsigned number = 0;  // within the set, from 1
};

class Addresses {
  public:
    explicit Addresses(
        const AddressPlan& plan);  // throws std::invalid_argument for a plan that makes no sense

    const ServerRole* role(const std::string& address) const;
    const std::vector<std::string>& all() const { return all_; }
    unsigned sets() const { return sets_; }

    const std::string& root() const { return all_[0]; }
    const std::string& top_level() const { return all_[1]; }
    const std::string& key_zones() const { return all_[2]; }
    const std::string& provider() const { return all_[3]; }
    const std::string& customer(unsigned set, unsigned number) const;

  private:
    unsigned sets_;
    std::vector<std::string> all_;  // root, top-level domains, key zones, provider, customers' by set
    std::unordered_map<std::string, ServerRole> roles_;
};

// The zone of the name servers' own names. Texts without the dot at the end.
inline constexpr std::string_view provider_zone = "dns-provider.net";
std::string customer_server_name(unsigned set, unsigned number);  // ns1.c17.dns-provider.net
std::string key_server_name();

// RDATA of the A record of an address.
std::string address_rdata(const std::string& address);

// All records of the provider's zone.
std::vector<ResourceRecord> provider_records(const Addresses& addresses);

}  // namespace custdkim::lab
