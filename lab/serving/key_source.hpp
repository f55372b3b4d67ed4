// Where the lab learns a customer's selectors and targets: the service's own registry in `up`, a service's
// API beside a real one.
#pragma once

#include <optional>
#include <string>

#include "lab/internet/internet.hpp"

namespace custdkim::lab {

class KeySource {
  public:
    virtual ~KeySource() = default;

    // The key with this id, or the domain's only one. `not_found`: "acme.example has no key; create one
    // first, or name selectors and targets".
    virtual Result<CustomerKey> find(const dns::Name& domain, const std::optional<std::string>& id) = 0;
};

// For a lab without a service.
class NoKeys final : public KeySource {
  public:
    Result<CustomerKey> find(const dns::Name& domain, const std::optional<std::string>& id) override;
};

// What every source says where there is none.
Error no_key(const dns::Name& domain);

}  // namespace custdkim::lab
