// The state of the fake internet: what internet.hpp promises, behind one lock that questions share. For
// internet.cpp and questions.cpp.
#pragma once

#include "lab/internet/customer_world.hpp"
#include "lab/internet/internet.hpp"
#include "lab/internet/key_zones.hpp"
#include "lab/internet/registry.hpp"

namespace custdkim::lab {

class Internet::State {
  public:
    State(const Catalogue& catalogue, const Clock& clock, KeyZoneServer& key_zones, const AddressPlan& plan,
          bool signs_root);

    Result<Customer> set(const CustomerKey& key, std::string_view misconfiguration, std::string_view flavour);
    Result<Customer> replace_zone(const dns::Name& domain, std::string_view zone_text, std::string_view name);
    Result<void> remove(const dns::Name& domain);
    std::shared_ptr<const CustomerWorld> find(const dns::Name& domain) const;
    std::vector<Customer> list() const;
    std::uint64_t generation() const;
    bool knows(const WireName& folded) const;

    Reply ask(std::span<const std::uint8_t> octets, const std::string& server_address, Transport transport);

    const Addresses& addresses() const { return addresses_; }
    const SigningKey& registry_key() const { return registry_key_; }

  private:
    using World = std::shared_ptr<const CustomerWorld>;

    // A question on its way through a name server.
    struct Asked {
        const Message& message;
        const Question& question;
        WireName name;  // folded
        bool dnssec = false;
        Transport transport = Transport::udp;
    };

    Result<void> check_domain(const dns::Name& domain) const;
    std::array<std::string, 2> key_texts(const CustomerOrder& order) const;
    Result<Customer> put(CustomerOrder order);
    // With the lock: makes the world, and changes nothing if that fails.
    Result<World> build(CustomerOrder order);
    void sign_again_above(const WireName& zone);

    Reply ask_customer_server(const Asked& asked, const ServerRole& role) const;
    World hosted(const Asked& asked, unsigned set) const;
    Message answer_as(const CustomerWorld& world, unsigned server, const Asked& asked) const;
    Message answer_from_zone(const CustomerWorld& world, const ServerZone& server, const Asked& asked) const;
    Reply answer_with_fault(const CustomerWorld& world, const PreparedFault& fault, unsigned server,
                            const Asked& asked) const;
    Message flatten(const CustomerWorld& world, const PreparedFault& fault, unsigned server,
                    const Asked& asked) const;
    Message answer_as_infrastructure(const ServerRole& role, const Asked& asked) const;

    const Catalogue& catalogue_;
    const Clock& clock_;
    const KeyZones key_zones_;
    const Addresses addresses_;
    const Zone provider_;
    const SigningKey registry_key_, customer_key_, other_key_;
    std::unique_ptr<OnlineSigner> registry_signer_;  // nullptr: the root is not signed

    mutable std::shared_mutex mutex_;  // guards what follows
    Delegations delegations_;
    const Registry registry_;
    NameMap<World> customers_;
    std::uint64_t generation_ = 0;
    unsigned next_set_ = 0;
};

}  // namespace custdkim::lab
