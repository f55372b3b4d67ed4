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

// Takes nothing while the disk is full.
struct FullStore final : MemoryStore {
    bool is_full = false;
    Error full() const { return {Errc::no_space, "the disk is full"}; }
    Result<void> set_metadata(const SealedMetadata& metadata) override {
        return is_full ? full() : MemoryStore::set_metadata(metadata);
    }
    Result<std::uint32_t> add_domain_key(const SealedDomainKey& key) override {
        return is_full ? full() : MemoryStore::add_domain_key(key);
    }
    Result<void> remove_domain_key(std::uint32_t zone, std::uint32_t id) override {
        return is_full ? full() : MemoryStore::remove_domain_key(zone, id);
    }
    Result<void> set_tsig_key(const SealedTsigKey& key) override {
        return is_full ? full() : MemoryStore::set_tsig_key(key);
    }
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
    FullStore store;
    Zones zones = fixed_zones();
    std::unique_ptr<Administration> administration;
    FixedOperations operations;
    backend::Counters counters;
};

}  // namespace custdkim::test
