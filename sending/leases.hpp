// For those who sign elsewhere: the private key of the pair that signs, for a while. It leaves the house by
// this, so each lease is in the audit log before it is given. A lease ends when signing is due to move at the
// latest; mail that was signed until then verifies, since records outlast it (R3). Thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "keys/access.hpp"
#include "keys/clock_steps.hpp"
#include "keys/ledger.hpp"
#include "keys/policy.hpp"
#include "keys/sealing.hpp"
#include "keys/secret.hpp"
#include "keys/store.hpp"

namespace custdkim {

inline constexpr Duration longest_lease = std::chrono::hours(24);

struct Lease {
    std::string key_id, domain, selector;
    KeyType type = KeyType::rsa_2048;
    unsigned pair = 0;        // Pair::number
    SecretBytes private_key;  // PKCS#8, as PEM with a NUL behind it
    Timestamp until{};        // it must not sign from then on
};

class Leases {
  public:
    struct Parts {
        Store& store;
        Ledger& ledger;
        const Sealer& sealer;
        const Clock& clock;
        PolicyOf policy;
        std::function<ClockSteps()> clock_steps;
    };

    // `longest`: of all leases; 0: there are none.
    Leases(Duration longest, Parts parts) : longest_(longest), parts_(std::move(parts)) {}

    Duration longest() const { return longest_; }

    // For as long as is wanted and may be, of a key as it was just read: `busy` if it has changed. `refused`
    // where there are no leases, or the key does not sign.
    Result<Lease> lease(const Key& key, const std::optional<Duration>& wanted, const Caller& by);

  private:
    Timestamp end_of(const Key& key, Duration wanted) const;

    const Duration longest_;
    const Parts parts_;
};

}  // namespace custdkim
