// The fixed zones, with all that PowerDNS can keep with us: metadata, DNSSEC keys, TSIG keys; empty at first.
#pragma once

#include "base/random.hpp"
#include "fixed_zones.hpp"
#include "store/memory_store.hpp"

namespace custdkim::test {

class FixedOperations final : public backend::Operations {
  public:
    std::string status() const override { return "all is well\n"; }
    Result<std::string> reload() override {
        if (fails) return invalid("keys.zone:3: this is no record");
        return std::string("1 zone has changed\n");
    }
    bool fails = false;
};

struct FixedWorld {
    FixedWorld() {
        const std::vector<dns::Name> names{name("custdkim.example.net"), name("keys.example.org")};
        store.open_zones(names, Timestamp()).value();
        administration = Administration::open(store, sealer, zones).value();
    }

    backend::Parts parts() { return {zones, administration.get(), &operations, &counters}; }

    // One request to a conversation of its own.
    std::string answer(std::string_view request) {
        HeldReply reply;
        backend::Conversation(parts()).answer(request, reply);
        return reply.text;
    }

    SeededRandom random{1};
    Sealer sealer{SecretBytes(32), random};
    MemoryStore store;
    Zones zones = fixed_zones();
    std::unique_ptr<Administration> administration;
    FixedOperations operations;
    backend::Counters counters;
};

}  // namespace custdkim::test
