#include "lab/simulation/daemon.hpp"

namespace custdkim::lab {

namespace {

dns::Name zone_name() { return dns::Name::parse(simulated_zone).value(); }

Rotator::Parts rotator_parts(const Daemon::Surroundings& around, Ledger& ledger, const PolicyOf& policy) {
    return {around.store,
            ledger,
            around.pairs,
            around.visibility,
            around.customer_dns,
            around.clock,
            policy,
            [](const Key&, const Pair& pair) -> Result<Bytes> { return pair.public_key; },
            around.plan};
}

PolicyOf same_policy(const RotationPolicy& policy) {
    return [&policy](const dns::Name&) -> const RotationPolicy& { return policy; };
}

}  // namespace

Daemon::Daemon(const Surroundings& around)
    : ledger_(around.store, around.primary, around.clock),
      rotator_(rotator_parts(around, ledger_, same_policy(around.policy))),
      registry_({{zone_name()}, same_policy(around.policy), [this] { return rotator_.clock_steps(); }},
                around.store, ledger_, around.pairs, around.primary, around.clock, around.random),
      orders_(registry_, ledger_, around.customer_dns, around.visibility) {
    ledger_.set_observer([this](const Key& key) { rotator_.note(key); });
}

Result<std::unique_ptr<Daemon>> Daemon::start(const Surroundings& around) {
    std::unique_ptr<Daemon> daemon(new Daemon(around));
    if (const auto loaded = daemon->load(around); !loaded) return loaded.error();
    return daemon;
}

Result<void> Daemon::load(const Surroundings& around) {
    const std::vector<dns::Name> names{zone_name()};
    const auto zones = around.store.open_zones(names, around.clock.now());
    if (!zones) return zones.error();
    const StoredZone& zone = zones->front();
    // R6; on a full disk, serving what is there is worth more.
    const auto serial = around.store.move_serial(zone.name, around.clock.now());
    if (auto opened = around.primary.open(zone, serial ? *serial : zone.serial); !opened) return opened;
    if (auto started = rotator_.start(); !started) return started;
    const auto read = around.store.for_each_key([&](const Key& key) {
        around.primary.load(key);
        rotator_.note(key);
    });
    if (read) around.primary.show_loaded();
    return read;
}

}  // namespace custdkim::lab
