// A memory store that breaks one invariant behind the engine's back, or none (lab/simulation/mutation.hpp).
// Not thread-safe.
#pragma once

#include <memory>

#include "lab/simulation/mutation.hpp"
#include "store/memory_store.hpp"

namespace custdkim::lab {

class MutatedStore final : public Store {
  public:
    explicit MutatedStore(Mutation mutation) : mutation_(mutation), inner_(std::make_unique<MemoryStore>()) {}

    Result<std::vector<StoredZone>> open_zones(std::span<const dns::Name> zones, Timestamp now) override {
        zones_.assign(zones.begin(), zones.end());
        return inner_->open_zones(zones, now);
    }
    Result<Serial> move_serial(const dns::Name& zone, Timestamp now) override {
        return inner_->move_serial(zone, now);
    }
    Result<Insertion> insert(const Creation& creation, Timestamp now) override {
        return inner_->insert(creation, now);
    }
    Result<std::optional<EarlierCreation>> earlier(std::string_view caller, std::string_view key,
                                                   Timestamp now) override {
        return inner_->earlier(caller, key, now);
    }
    Result<std::vector<Committed>> commit(std::span<const Change> changes, Timestamp now) override;
    void catch_up() override { inner_->catch_up(); }
    Result<Serial> erase(const Key& key, const Event& event, Timestamp now) override;
    Result<std::optional<Key>> find(std::string_view id) override { return inner_->find(id); }
    Result<KeyPage> list(const KeyFilter& filter) override { return inner_->list(filter); }
    Result<std::vector<std::string>> selectors_in_use(const dns::Name& domain) override {
        return inner_->selectors_in_use(domain);
    }
    Result<std::uint64_t> count_keys() override { return inner_->count_keys(); }
    Result<void> for_each_key(const std::function<void(const Key&)>& visit) override {
        return inner_->for_each_key(visit);
    }
    Result<std::optional<Bytes>> private_key(std::string_view key_id, unsigned pair) override {
        return inner_->private_key(key_id, pair);
    }
    Result<std::vector<Event>> events(const EventFilter& filter) override { return inner_->events(filter); }
    Result<std::optional<Bytes>> note(std::string_view name) override { return inner_->note(name); }
    Result<void> set_note(std::string_view name, const Bytes& value) override {
        return inner_->set_note(name, value);
    }

  private:
    void break_change(Change& change);
    void forget_labels(Timestamp now);

    const Mutation mutation_;
    std::unique_ptr<MemoryStore> inner_;
    std::vector<dns::Name> zones_;
};

}  // namespace custdkim::lab
