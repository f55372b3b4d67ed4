// The store for tests and trials: forgets everything when it goes. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/daemon_store.hpp"

namespace custdkim {

class MemoryStore : public DaemonStore {
  public:
    Result<std::vector<StoredZone>> open_zones(std::span<const dns::Name> zones, Timestamp now) override;
    Result<Serial> move_serial(const dns::Name& zone, Timestamp now) override;
    Result<Insertion> insert(const Key& key, std::span<const SealedPrivateKey> private_keys,
                             const Event& event, Timestamp now) override;
    Result<std::vector<Committed>> commit(std::span<const Change> changes, Timestamp now) override;
    void catch_up() override {}
    Result<Serial> erase(const Key& key, const Event& event, Timestamp now) override;
    Result<std::optional<Key>> find(std::string_view id) override;
    Result<KeyPage> list(const KeyFilter& filter) override;
    Result<std::vector<std::string>> selectors_in_use(const dns::Name& domain) override;
    Result<std::uint64_t> count_keys() override;
    Result<void> for_each_key(const std::function<void(const Key&)>& visit) override;
    Result<std::optional<Bytes>> private_key(std::string_view key_id, unsigned pair) override;
    Result<std::vector<Event>> events(const EventFilter& filter) override;
    Result<std::optional<Bytes>> note(std::string_view name) override;
    Result<void> set_note(std::string_view name, const Bytes& value) override;

    Result<std::vector<SealedMetadata>> all_metadata() override;
    Result<std::vector<SealedDomainKey>> all_domain_keys() override;
    Result<std::vector<SealedTsigKey>> all_tsig_keys() override;
    Result<void> set_metadata(const SealedMetadata& metadata) override;
    Result<void> remove_metadata(std::uint32_t zone, std::string_view kind) override;
    Result<std::uint32_t> add_domain_key(const SealedDomainKey& key) override;
    Result<void> set_domain_key(std::uint32_t zone, std::uint32_t id, bool active, bool published) override;
    Result<void> remove_domain_key(std::uint32_t zone, std::uint32_t id) override;
    Result<void> set_tsig_key(const SealedTsigKey& key) override;
    Result<void> remove_tsig_key(std::string_view name) override;

  private:
    struct Row {
        Key key;
        std::map<unsigned, Bytes> private_keys;
    };
    using Rows = std::map<std::uint64_t, Row>;
    struct StringHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };

    Rows::iterator find_row(std::string_view id);
    // The first row behind this one that the filter lets through.
    Rows::const_iterator row_behind(std::uint64_t row, const KeyFilter& filter) const;
    std::vector<std::string> selectors_of(const dns::Name& domain) const;
    void add_event(const Event& event);
    Result<void> check_zone(std::uint32_t zone) const;
    std::vector<SealedDomainKey>::iterator find_domain_key(std::uint32_t zone, std::uint32_t id);

    std::mutex mutex_;
    std::vector<StoredZone> zones_;
    Rows rows_;  // by order of creation
    std::uint64_t last_row_ = 0;
    std::unordered_map<std::string, Rows::iterator, StringHash, std::equal_to<>> row_of_id_;
    std::set<std::pair<dns::Name, std::uint64_t>> rows_of_domains_;
    std::set<std::string> issued_labels_;
    std::vector<Event> events_;                                               // number n at n - 1
    std::map<std::string, std::vector<std::uint64_t>, std::less<>> history_;  // key's id -> event numbers
    std::map<std::string, Bytes, std::less<>> notes_;
    std::map<std::pair<std::uint32_t, std::string>, Bytes> metadata_;  // by zone and kind
    std::vector<SealedDomainKey> domain_keys_;
    std::uint32_t last_domain_key_ = 0;
    std::map<std::string, SealedTsigKey> tsig_keys_;
};

}  // namespace custdkim
