// The parts of `custdkim-lab resolver`, put together: the fake internet, the test resolver over it, their
// sockets, and the control API. Serves from start() until it is destroyed.
#pragma once

#include <memory>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "lab/serving/resolver_config.hpp"

namespace custdkim::lab {

class TestResolver {
  public:
    // Clock and generator outlive it.
    static Result<std::unique_ptr<TestResolver>> start(const ResolverConfig& config, const Clock& system,
                                                       Random& random);
    ~TestResolver();

    std::uint16_t dns_port() const;
    std::uint16_t authority_port() const;  // 0 without an authority
    std::uint16_t control_port() const;

  private:
    class Parts;
    explicit TestResolver(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace custdkim::lab
