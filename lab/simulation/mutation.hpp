// The engine, broken on purpose: each of these breaks one invariant, by something put round the engine's
// plan, ports or store. They test the checker: what it would not find here, it would not find in earnest.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "keys/customer_dns.hpp"
#include "keys/rotator.hpp"

namespace custdkim::lab {

enum class Mutation : std::uint8_t {
    none,
    two_signers,         // R1: the old pair is not retired
    no_wait,             // R2: a pair signs as soon as it is visible
    early_withdrawal,    // R3: an old record is withdrawn at once
    blind_switch,        // R4: every CNAME counts as right
    unknown_is_missing,  // R5: a look that could not tell deactivates the key
    still_serial,        // R6: the serial does not move with rotations
    unseen_jumps,        // R7: the uptime follows the clock, so that jumps cannot be seen
    labels_again,        // R8: few labels, and those of deleted keys are forgotten
    kept_private_keys,   // R9: private keys are not destroyed
    forgotten_orders,    // R10: operators' orders are acknowledged, and not stored
};

inline constexpr std::array all_mutations{Mutation::two_signers,        Mutation::no_wait,
                                          Mutation::early_withdrawal,   Mutation::blind_switch,
                                          Mutation::unknown_is_missing, Mutation::still_serial,
                                          Mutation::unseen_jumps,       Mutation::labels_again,
                                          Mutation::kept_private_keys,  Mutation::forgotten_orders};

std::string_view to_string(Mutation mutation);
std::string_view invariant_of(Mutation mutation);  // "R1"
Result<Mutation> parse_mutation(std::string_view text);

// The plan with the mutation, if it is one of the plan.
Plan mutated_plan(Mutation mutation, Plan plan);

// Everything passes.
class BlindCustomerDns final : public CustomerDns {
  public:
    explicit BlindCustomerDns(CustomerDns& inner) : inner_(inner) {}
    SlotLook look(const Key& key, const Slot& slot) override;

  private:
    CustomerDns& inner_;
};

// A memory store with the mutation, if it is one of the store.
std::unique_ptr<Store> mutated_store(Mutation mutation);

}  // namespace custdkim::lab
