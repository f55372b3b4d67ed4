// The store for tests and trials: forgets everything when it goes. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <set>

#include "keys/store.hpp"

namespace custdkim {

class MemoryStore final : public Store {
  public:
    Result<std::vector<StoredZone>> open_zones(std::span<const dns::Name> zones, Timestamp now) override;
    Result<Serial> move_serial(const dns::Name& zone, Timestamp now) override;
    Result<Insertion> insert(const Key& key, std::span<const SealedPrivateKey> private_keys,
                             Timestamp now) override;
    Result<void> update(const Key& key, std::span<const unsigned> destroy) override;
    Result<Serial> erase(const Key& key, Timestamp now) override;
    Result<std::optional<Key>> find(std::string_view id) override;
    Result<KeyPage> list(const KeyFilter& filter) override;
    Result<std::vector<Key>> deleted_keys() override;
    Result<std::vector<std::string>> selectors_in_use(const dns::Name& domain) override;
    Result<std::uint64_t> count_keys() override;
    Result<void> for_each_key(const std::function<void(const Key&)>& visit) override;
    Result<std::optional<Bytes>> private_key(std::string_view key_id, unsigned pair) override;
    Result<std::optional<Bytes>> master_key_check() override;
    Result<void> set_master_key_check(const Bytes& check) override;

  private:
    struct Row {
        Key key;
        std::map<unsigned, Bytes> private_keys;
    };
    using Rows = std::map<std::uint64_t, Row>;

    Rows::iterator find_row(std::string_view id);
    std::vector<std::string> selectors_of(const dns::Name& domain) const;
    Result<Serial> next_serial_of(const dns::Name& zone, Timestamp now);

    std::mutex mutex_;
    std::vector<StoredZone> zones_;
    Rows rows_;  // by order of creation
    std::uint64_t last_row_ = 0;
    std::set<std::string> issued_labels_;
    std::optional<Bytes> master_key_check_;
};

}  // namespace custdkim
