// The root and the top-level domains: made up for each question from the delegations below them, signed
// online (RFC 4470) if the root is signed. A top-level domain is there as soon as something below it is.
// Thread-safe while the delegations stand still.
#pragma once

#include <set>

#include "lab/internet/address_plan.hpp"
#include "lab/internet/delegations.hpp"
#include "lab/internet/online_signer.hpp"

namespace custdkim::lab {

class Registry {
  public:
    Registry(const Addresses& addresses, const Delegations& delegations, OnlineSigner* signer);

    // From the root, or from a top-level domain, which must be there. The name is at or below the zone.
    void answer(std::string_view zone, const Question& question, bool dnssec, Message& response) const;

    // A referral by any zone `above`, unsigned, with the addresses of servers whose names are below that.
    void refer(const Delegation& delegation, const WireName& above, Message& response) const;

    bool has_top_level(std::string_view name) const;  // a name of one label
    // a.lab-registry below the zone: the name of its server.
    static WireName server_of(std::string_view zone);

  private:
    Delegation top_level(std::string_view name) const;
    void give_apex(const WireName& zone, std::uint16_t wanted, bool dnssec, Message& response) const;
    void give_nothing(const WireName& zone, const WireName& name, std::set<std::uint16_t> types, bool dnssec,
                      Message& response) const;
    void give_no_such_name(const WireName& zone, const WireName& name, bool dnssec, Message& response) const;
    void answer_child(const Delegation& child, const WireName& zone, const Question& question, bool dnssec,
                      Message& response) const;
    void give(const std::vector<ResourceRecord>& set, const WireName& zone, bool dnssec,
              std::vector<ResourceRecord>& section) const;
    std::optional<std::string> address_of(const WireName& server) const;

    const Delegations& delegations_;
    OnlineSigner* signer_;
    NameMap<std::string> addresses_;                // of servers outside the registries -> RDATA
    std::string root_address_, top_level_address_;  // RDATA
};

}  // namespace custdkim::lab
