// A step of the rotation as a change of the key's facts: pure, so that the daemon and the simulator make the
// same one.
#pragma once

#include <optional>

#include "keys/customer_dns.hpp"
#include "keys/pair_source.hpp"
#include "keys/rotation.hpp"
#include "keys/store.hpp"

namespace custdkim {

// What steps bring with them from outside.
struct Finds {
    std::optional<SealedPair> pair;    // publish
    std::optional<SlotLook> look;      // verify
    std::optional<Bytes> private_key;  // reveal: PKCS#8 DER
};

// The change that the step makes of the key, with its event. Not for `withdraw`, which erases the key.
Change make_change(const Key& key, const Step& step, Finds finds, const RotationPolicy& policy,
                   Timestamp now);

// Adds to the change of an active key an event for each slot whose failure begins to count by it ("warning"),
// or is over ("recovered").
void tell_of_failures(const Key& before, Change& change, const std::string& actor,
                      const RotationPolicy& policy, Timestamp now);

// The same for orders of an operator.
Change activation_change(const Key& key, std::size_t slot, unsigned pair, Timestamp now);
Change deactivation(const Key& key, Timestamp now);
Change rotation_request(const Key& key, bool compromised, Timestamp now);
Change revocation(const Key& key, Timestamp now);

// The pair with which signing may begin when the key is activated, and its slot: visible is enough then (R2),
// since nobody can have asked for a random name before. Nothing if no slot has such a pair.
std::optional<std::pair<std::size_t, unsigned>> first_signer(const Key& key);

}  // namespace custdkim
