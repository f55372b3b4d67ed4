#include "lab/simulation/mutation.hpp"

#include "lab/simulation/mutated_store.hpp"

namespace custdkim::lab {

namespace {

struct Row {
    Mutation mutation;
    std::string_view name;
    std::string_view invariant;
};

constexpr std::array rows{
    Row{Mutation::none, "none", ""},
    Row{Mutation::two_signers, "two-signers", "R1"},
    Row{Mutation::no_wait, "no-wait", "R2"},
    Row{Mutation::early_withdrawal, "early-withdrawal", "R3"},
    Row{Mutation::blind_switch, "blind-switch", "R4"},
    Row{Mutation::unknown_is_missing, "unknown-is-missing", "R5"},
    Row{Mutation::still_serial, "still-serial", "R6"},
    Row{Mutation::unseen_jumps, "unseen-jumps", "R7"},
    Row{Mutation::labels_again, "labels-again", "R8"},
    Row{Mutation::kept_private_keys, "kept-private-keys", "R9"},
    Row{Mutation::forgotten_orders, "forgotten-orders", "R10"},
};

const Row& row_of(Mutation mutation) { return rows[static_cast<std::size_t>(mutation)]; }

}  // namespace

std::string_view to_string(Mutation mutation) { return row_of(mutation).name; }
std::string_view invariant_of(Mutation mutation) { return row_of(mutation).invariant; }

Result<Mutation> parse_mutation(std::string_view text) {
    std::string names;
    for (const Row& row : rows) {
        if (row.name == text) return row.mutation;
        names += (names.empty() ? "" : ", ") + std::string(row.name);
    }
    return invalid("'" + std::string(text) + "' is no mutation; there are " + names);
}

Plan mutated_plan(Mutation mutation, Plan plan) {
    if (mutation != Mutation::no_wait && mutation != Mutation::early_withdrawal) return plan;
    return [mutation, plan = std::move(plan)](const Key& key, const RotationPolicy& policy,
                                              const ClockSteps& clock, Timestamp now) {
        RotationPolicy broken = policy;
        if (mutation == Mutation::no_wait) {
            broken.prepublish = broken.stale = broken.ttl = Duration(0);
        } else {
            broken.retention = Duration(0);
            broken.retired = RetiredRecord::revoke;
        }
        return plan(key, broken, clock, now);
    };
}

SlotLook BlindCustomerDns::look(const Key& key, const Slot& slot) {
    SlotLook look = inner_.look(key, slot);
    look.finding = {Outcome::pass, "", "", "", {}};
    if (const Pair* const pair = slot.published(); pair && !pair->revoked_at) look.pair = pair->number;
    return look;
}

std::unique_ptr<Store> mutated_store(Mutation mutation) { return std::make_unique<MutatedStore>(mutation); }

}  // namespace custdkim::lab
