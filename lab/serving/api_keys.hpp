// Finds customers' keys in a running service, by its HTTP API. Thread-safe.
#pragma once

#include "keys/secret.hpp"
#include "lab/serving/key_source.hpp"

namespace custdkim::lab {

class ApiKeys final : public KeySource {
  public:
    ApiKeys(std::string url, SecretBytes token) : url_(std::move(url)), token_(std::move(token)) {}

    Result<CustomerKey> find(const dns::Name& domain, const std::optional<std::string>& id) override;

  private:
    const std::string url_;
    const SecretBytes token_;
};

}  // namespace custdkim::lab
