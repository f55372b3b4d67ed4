// How customers' DNS is seen, as the configuration says: by recursion, and directly, from name server to name
// server. Made at start, since it reads files; outlives whoever looks through it. Thread-safe.
//
// Without resolvers we iterate from the root and validate (RFC 4035). With resolvers, and no trust anchor,
// what they say is taken as they say it; with a trust anchor we validate what they say.
#pragma once

#include <memory>
#include <vector>

#include "activation/diagnostician.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "dns/name_servers.hpp"
#include "dns/resolver.hpp"
#include "service/config.hpp"

namespace custdkim {

class CustomerView {
  public:
    // `random` outlives it. The Error is one sentence about the option, and the file, that is wrong.
    static Result<std::unique_ptr<CustomerView>> open(const ActivationConfig& config, Random& random);

    dns::Resolver& resolver() { return *resolver_; }
    dns::NameServers& name_servers() { return *name_servers_; }
    // None where the view is that of resolvers, and no root hints say where else to begin.
    const std::vector<dns::ServerAddress>& roots() const { return roots_; }

  private:
    CustomerView() = default;

    std::unique_ptr<dns::Resolver> resolver_;
    std::unique_ptr<dns::NameServers> name_servers_;
    std::vector<dns::ServerAddress> roots_;
};

activation::Settings look_settings(const ActivationConfig& config);

}  // namespace custdkim
