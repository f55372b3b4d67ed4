// What the faults of the plan do to a simulated world, when they begin and when they end.
#include "lab/simulation/world.hpp"

namespace custdkim::lab {

namespace {

constexpr std::uint64_t miss_stream = 0x3155;

}  // namespace

// Half of all slots, others for every fault.
std::function<bool(SlotNumber)> World::some_slots(std::uint32_t fault) const {
    const auto at = static_cast<std::uint64_t>(plan_[fault].at.count());
    return [seed = settings_.size.seed + at](SlotNumber slot) {
        return Chance(seed, miss_stream, slot).happens(0.5);
    };
}

void World::begin_fault(std::uint32_t index) {
    const Fault& fault = plan_[index];
    if (fault.kind != FaultKind::emergencies) note([&] { return describe(fault); });
    queue_.put(now() + fault.lasts, EventKind::fault_over, index);
    switch (fault.kind) {
        case FaultKind::lag: servers_.block_transfers(fault.subject, true); break;
        case FaultKind::missed_updates: servers_.miss_records(fault.subject, some_slots(index)); break;
        case FaultKind::silent_publication: servers_.fail_silently(some_slots(index)); break;
        case FaultKind::outages:
            for (std::uint32_t server = 0; server < NameServers::count; ++server) {
                if (fault.subject == everybody || fault.subject == server)
                    servers_.set_reachable(server, false);
            }
            break;
        case FaultKind::restarts:
            boots_at_start_ = boots_at_start_ || fault.flavour;
            stop_daemon(fault.lasts);
            break;
        case FaultKind::kills:
            down_after_kill_ = fault.lasts;
            faulty_store_.die_at_next_write(fault.flavour ? FaultyStore::Death::after
                                                          : FaultyStore::Death::before);
            break;
        case FaultKind::clock_steps: step_clock(fault.by); break;
        case FaultKind::full_disk: faulty_store_.fill_disk(true); break;
        case FaultKind::customers: change_aliases(fault, false); break;
        case FaultKind::customer_outages: customers_.set_reachable(fault.subject, false); break;
        case FaultKind::emergencies: give_order(index); break;
    }
}

void World::end_fault(std::uint32_t index) {
    const Fault& fault = plan_[index];
    switch (fault.kind) {
        case FaultKind::lag: servers_.block_transfers(fault.subject, false); break;
        case FaultKind::missed_updates:
            servers_.miss_records(fault.subject, nullptr);
            servers_.transfer_all(fault.subject, now());
            break;
        case FaultKind::silent_publication: servers_.heal(now()); break;
        case FaultKind::outages:
            for (std::uint32_t server = 0; server < NameServers::count; ++server) {
                if (fault.subject == everybody || fault.subject == server)
                    servers_.set_reachable(server, true);
            }
            break;
        case FaultKind::clock_steps:
            if (fault.flavour) step_clock(-fault.by);
            break;
        case FaultKind::full_disk: faulty_store_.fill_disk(false); break;
        case FaultKind::customers: change_aliases(fault, true); break;
        case FaultKind::customer_outages: customers_.set_reachable(fault.subject, true); break;
        case FaultKind::restarts:
        case FaultKind::kills:
        case FaultKind::emergencies: break;
    }
}

void World::change_aliases(const Fault& fault, bool restore) {
    const auto change = static_cast<AliasChange>(fault.flavour);
    const bool hits_all = change == AliasChange::remove_all || change == AliasChange::swap;
    for (std::size_t slot = 0; slot < settings_.policy.slots; ++slot) {
        const SlotNumber number = slot_number(fault.subject, slot);
        if (!hits_all && slot != fault.slot) continue;
        // Who has not published any CNAME yet has none to change.
        if (!restore && customers_.alias(number) == Alias::missing) continue;
        if (restore && !activations_[fault.subject].has_aliases) continue;
        Alias alias = Alias::missing;
        if (change == AliasChange::misdirect_one) alias = Alias::elsewhere;
        if (change == AliasChange::swap) alias = Alias::swapped;
        customers_.set(number, restore ? Alias::right : alias, now());
    }
    if (restore) note([&] { return "customer " + std::to_string(fault.subject) + " restores the CNAMEs"; });
}

// The daemon wakes up at least once a minute: it read the clock shortly before, and will soon after.
void World::step_clock(Duration by) {
    work();
    clock_.step(by);
    has_unread_step_ = true;
    plan_work(now() + chance_.between(Duration(0), std::chrono::seconds(60)));
}

}  // namespace custdkim::lab
