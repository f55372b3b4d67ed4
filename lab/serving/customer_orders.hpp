// What one does with customers: sets, fixes and removes them, and keeps the resolver's cache in step. Orders
// for one customer follow each other, those for different ones go on side by side. Thread-safe.
#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <string>

#include "lab/catalogue/catalogue.hpp"
#include "lab/internet/internet.hpp"
#include "lab/resolver/resolver.hpp"
#include "lab/serving/key_source.hpp"

namespace custdkim::lab {

inline constexpr std::string_view healthy = "healthy";  // the misconfiguration that is none

struct CustomerRequest {
    std::string misconfiguration, flavour;
    std::optional<std::string> zone;    // these records instead of the misconfiguration's
    std::string zone_name;              // where they come from, for complaints; may be empty
    std::optional<std::string> key_id;  // where the domain has several keys
    // Instead of a key from the source: both or neither.
    std::optional<std::array<std::string, 2>> selectors, targets;
    bool keep_cache = false;
};

// A resolver beside the test resolver that is to remember what that one saw before an edit. Thread-safe.
class Memory {
  public:
    virtual ~Memory() = default;
    // Of names at or below the domain; instead of all that was known there.
    virtual void remember(const dns::Name& domain, std::vector<FindingPointer> findings) = 0;
    virtual void forget(const dns::Name& domain) = 0;
};

class CustomerOrders {
  public:
    // All outlive it; there may be no other memory.
    CustomerOrders(Internet& internet, Resolver& resolver, const Catalogue& catalogue, KeySource& keys,
                   Memory* other = nullptr)
        : internet_(internet), resolver_(resolver), catalogue_(catalogue), keys_(keys), other_(other) {}

    // An Error leaves the world as it was.
    Result<Customer> set(const dns::Name& domain, const CustomerRequest& request);
    Result<Customer> fix(const dns::Name& domain, bool keep_cache = false);
    // Whether there was one.
    Result<bool> remove(const dns::Name& domain, bool keep_cache = false);

    Result<Customer> find(const dns::Name& domain) const;
    std::vector<Customer> list() const { return internet_.list(); }

  private:
    Result<CustomerKey> key_for(const dns::Name& domain, const CustomerRequest& request);
    Result<Customer> make(const CustomerKey& key, const CustomerRequest& request);
    Result<void> prime(const CustomerKey& key, const Misconfiguration& misconfiguration, bool keep_cache);
    void restore(const dns::Name& domain, const std::optional<Customer>& before);
    void flush(const dns::Name& domain);
    std::mutex& turn_of(const dns::Name& domain);

    Internet& internet_;
    Resolver& resolver_;
    const Catalogue& catalogue_;
    KeySource& keys_;
    Memory* const other_;
    std::array<std::mutex, 64> turns_;  // by the hash of the domain
};

}  // namespace custdkim::lab
