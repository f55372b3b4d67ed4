// A store with a disk that fills up and a process that dies: in front of the real one, it refuses writes, or
// throws Killed just before or just after the write that it was told to die at. Tells an observer what was
// committed, read back as plain facts. Not thread-safe.
#pragma once

#include <memory>

#include "keys/store.hpp"

namespace custdkim::lab {

// Where kill -9 hits. The world catches it and drops the daemon's objects.
struct Killed {};

class StoreObserver {
  public:
    virtual ~StoreObserver() = default;
    virtual void stored(Key key) = 0;
    virtual void erased(const Key& key) = 0;
};

class FaultyStore final : public Store {
  public:
    FaultyStore(Store& inner, StoreObserver& observer) : inner_(inner), observer_(observer) {}

    void fill_disk(bool full) { full_ += full ? 1 : -1; }
    bool is_full() const { return full_ > 0; }
    enum class Death { none, before, after };
    void die_at_next_write(Death death) { death_ = death; }

    Result<std::vector<StoredZone>> open_zones(std::span<const dns::Name> zones, Timestamp now) override;
    Result<Serial> move_serial(const dns::Name& zone, Timestamp now) override;
    Result<Insertion> insert(const Creation& creation, Timestamp now) override;
    Result<std::optional<EarlierCreation>> earlier(std::string_view caller, std::string_view key,
                                                   Timestamp now) override {
        return inner_.earlier(caller, key, now);
    }
    Result<std::vector<Committed>> commit(std::span<const Change> changes, Timestamp now) override;
    void catch_up() override { inner_.catch_up(); }
    Result<Serial> erase(const Key& key, const Event& event, Timestamp now) override;
    Result<std::optional<Key>> find(std::string_view id) override { return inner_.find(id); }
    Result<KeyPage> list(const KeyFilter& filter) override { return inner_.list(filter); }
    Result<std::vector<std::string>> selectors_in_use(const dns::Name& domain) override {
        return inner_.selectors_in_use(domain);
    }
    Result<std::uint64_t> count_keys() override { return inner_.count_keys(); }
    Result<void> for_each_key(const std::function<void(const Key&)>& visit) override {
        return inner_.for_each_key(visit);
    }
    Result<std::optional<Bytes>> private_key(std::string_view key_id, unsigned pair) override {
        return inner_.private_key(key_id, pair);
    }
    Result<std::vector<Event>> events(const EventFilter& filter) override { return inner_.events(filter); }
    Result<std::optional<Bytes>> note(std::string_view name) override { return inner_.note(name); }
    Result<void> set_note(std::string_view name, const Bytes& value) override;

  private:
    // What every write goes through.
    template <typename T>
    Result<T> write(const std::function<Result<T>()>& make);
    void report(std::string_view id);

    Store& inner_;
    StoreObserver& observer_;
    int full_ = 0;
    Death death_ = Death::none;
};

}  // namespace custdkim::lab
