// One customer's zone, as each of its name servers has it: made from a misconfiguration when it is set, and
// not changed after. Thread-safe.
#pragma once

#include <mutex>

#include "lab/internet/address_plan.hpp"
#include "lab/internet/delegations.hpp"
#include "lab/internet/faults.hpp"
#include "lab/internet/signed_zone.hpp"

namespace custdkim::lab {

// What a name server of this number has.
struct ServerZone {
    bool listed = false;  // in the NS set of the zone above
    Serves serves = Serves::refused;
    std::shared_ptr<const Zone> zone;  // nullptr: none
};

// The keys of the customers' signer: the second is the one that a DS of no good is made from.
struct CustomerKeys {
    const SigningKey& key;
    const SigningKey& other_key;
};

// What a customer's world is made from.
struct CustomerOrder {
    Customer customer;  // its `zone` is filled in here
    const Misconfiguration* misconfiguration = nullptr;
    const Flavour* flavour = nullptr;
    std::optional<std::string> replacement;  // zone text, instead of all others
    std::string replacement_name;            // where that comes from, for complaints
    unsigned set = 0;                        // of name servers
    std::uint32_t serial = 1;
    std::array<std::string, 2> texts;  // at the targets
    std::vector<Delegation> children;  // of a signed zone: its NS and DS records for other zones of the lab
};

// The TXT of a flattened name, as the provider last read it.
struct Flattened {
    std::vector<ResourceRecord> records;
    Timestamp expires{};
};

class CustomerWorld {
  public:
    // What cannot be read is refused with file or text, line and reason.
    static Result<std::shared_ptr<CustomerWorld>> make(CustomerOrder order, const CustomerKeys& keys);

    const Customer& customer() const { return order_.customer; }
    const CustomerOrder& order() const { return order_; }
    const WireName& apex() const { return apex_; }
    const ServerZone& server(unsigned number) const { return servers_[number - 1]; }
    const Faults& faults() const { return faults_; }
    bool is_signed() const { return is_signed_; }
    Delegation delegation() const;

    // For a real server.
    std::string master_file(unsigned server) const;

    // What was flattened, kept while its TTL lasts; `read` is called for it otherwise.
    template <typename Read>
    Flattened flattened(const PreparedFault& fault, Timestamp now, Read read) const {
        {
            const std::lock_guard lock(mutex_);
            const auto found = flattened_.find(&fault);
            if (found != flattened_.end() && found->second.expires > now) return found->second;
        }
        Flattened fresh = read();
        const std::lock_guard lock(mutex_);
        return flattened_[&fault] = std::move(fresh);
    }

  private:
    class Maker;
    CustomerWorld() = default;

    CustomerOrder order_;
    WireName apex_;
    std::array<ServerZone, servers_per_set> servers_;
    std::array<std::string, servers_per_set> texts_;  // master files
    Faults faults_;
    bool is_signed_ = false;
    std::vector<std::string> ds_;
    mutable std::mutex mutex_;
    mutable std::map<const PreparedFault*, Flattened> flattened_;
};

}  // namespace custdkim::lab
