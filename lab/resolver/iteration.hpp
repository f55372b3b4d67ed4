// The way down from the root to the servers that know (RFC 1034 section 5.3.3), with what was learned kept
// in the cache. Servers are asked in the order of the NS set, each question beginning one further than the
// last in that zone, so that servers that disagree show. Thread-safe.
#pragma once

#include "lab/resolver/bounded_map.hpp"
#include "lab/resolver/exchange.hpp"
#include "lab/resolver/reading.hpp"

namespace custdkim::lab {

class Iteration {
  public:
    Iteration(const Resolver::Parts& parts, const ResolverSettings& settings);

    // What is remembered; nothing where nobody was asked or its time is over. An alias stands for any other
    // type at its name.
    FindingPointer remembered(const WireName& name, std::uint16_t type, Timestamp now);
    // The same, asking whoever must be asked; a Finding of kind `failure` at worst.
    FindingPointer find(const WireName& name, std::uint16_t type, Work& work);
    // Asks, whatever is remembered.
    FindingPointer ask(const WireName& name, std::uint16_t type, Work& work);
    // Keeps what validation made of it.
    void keep(const FindingPointer& finding);

    void flush();
    void flush(const WireName& at_or_below);
    std::size_t cached() const { return findings_.size(); }
    std::vector<FindingPointer> kept(const WireName& at_or_below) const {
        return findings_.at_or_below(at_or_below);
    }

  private:
    struct Server {
        WireName name;  // folded
        std::vector<std::string> addresses;
    };
    struct Delegation {
        WireName zone;
        std::vector<Server> servers;
    };
    using DelegationPointer = std::shared_ptr<const Delegation>;

    DelegationPointer closest(const WireName& name, std::uint16_t type, Timestamp now);
    DelegationPointer delegation(const Reading& referral, Timestamp now);
    Reading ask_zone(const Delegation& zone, const WireName& name, std::uint16_t type, Work& work);
    Reading ask_round(const Delegation& zone, std::size_t turn, const WireName& name, std::uint16_t type,
                      bool& only_silence, Work& work);
    std::vector<std::string> addresses(const Server& server, Work& work);
    std::size_t next_turn(const WireName& zone, std::uint16_t type);
    FindingPointer settle(std::vector<Finding> findings, const WireName& name, Timestamp now);
    FindingPointer failure(const WireName& name, std::uint16_t type, Timestamp now);

    const Resolver::Parts& parts_;
    const ResolverSettings& settings_;
    BoundedMap<Finding> findings_;
    BoundedMap<Delegation> delegations_;
    DelegationPointer root_;
    std::mutex turns_mutex_;
    std::unordered_map<WireName, std::size_t> turns_;  // outlives a flush: the order is no cache
};

}  // namespace custdkim::lab
