// Customers' keys as the service beside us has them in its registry. Thread-safe.
#pragma once

#include "keys/key_registry.hpp"
#include "lab/serving/key_source.hpp"

namespace custdkim::lab {

class ServiceKeys final : public KeySource {
  public:
    // `registry` outlives it.
    explicit ServiceKeys(KeyRegistry& registry) : registry_(registry) {}

    Result<CustomerKey> find(const dns::Name& domain, const std::optional<std::string>& id) override;

  private:
    KeyRegistry& registry_;
};

}  // namespace custdkim::lab
