// A resolver in the place of name servers that cannot be reached: behind a firewall that lets nobody ask but
// the company's resolver, or beside a lab. What it says is second-hand, and all servers in one. Questions for
// real addresses go through.
#pragma once

#include "activation/delegation.hpp"

namespace custdkim::activation {

class ResolverAsServer final : public dns::NameServers {
  public:
    // Both outlive it.
    ResolverAsServer(dns::Resolver& resolver, dns::NameServers& name_servers)
        : resolver_(resolver), name_servers_(name_servers) {}

    static Server server();  // stands for the resolver

    // Of the resolver only what is asked in the usual way.
    std::vector<Result<dns::Answer>> ask(std::span<const dns::Probe> probes,
                                         std::chrono::milliseconds deadline) override;

  private:
    Result<dns::Answer> ask_resolver(const dns::Probe& probe,
                                     std::chrono::steady_clock::time_point deadline) const;

    dns::Resolver& resolver_;
    dns::NameServers& name_servers_;
};

}  // namespace custdkim::activation
