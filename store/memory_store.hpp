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
    Result<Insertion> insert(const Creation& creation, Timestamp now) override;
    Result<std::optional<EarlierCreation>> earlier(std::string_view caller, std::string_view key,
                                                   Timestamp now) override;
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

    Result<Descriptor> copy(Timestamp now) override;

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

    Result<std::vector<Token>> tokens() override;
    Result<void> put_token(const Token& token, const Event& event) override;
    Result<void> forget_token(std::string_view id) override;
    Result<std::vector<Organisation>> organisations(std::string_view after, std::size_t limit) override;
    Result<std::optional<Organisation>> organisation(std::string_view name) override;
    Result<void> add_organisation(const Organisation& organisation, const Event& event) override;
    Result<void> set_organisation(const Organisation& organisation, const Event& event) override;
    Result<void> remove_organisation(std::string_view name, const Event& event, Timestamp now) override;
    Result<std::uint64_t> count_keys_of(std::string_view organisation) override;

    Result<SenderPage> senders(const SenderFilter& filter) override;
    Result<std::optional<Sender>> sender(std::string_view org, std::string_view address) override;
    Result<std::optional<Sender>> sender_with_code(const Sha256& code) override;
    Result<void> put_sender(const Sender& sender, const Event& event) override;
    Result<void> remove_sender(std::string_view org, std::string_view address, const Event& event) override;

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
    Result<KeyPage> list_prefix(const KeyFilter& filter) const;
    std::vector<std::string> selectors_of(const dns::Name& domain) const;
    void add_event(const Event& event, const std::string& org);
    std::uint64_t keys_of(std::string_view organisation) const;
    std::optional<EarlierCreation> earlier_creation(std::string_view caller, std::string_view key,
                                                    Timestamp now) const;
    void keep(const IdempotencyKey& once, const std::string& key_id, Timestamp now);
    std::map<std::uint64_t, Sender>::iterator find_sender(std::string_view org, std::string_view address);
    Result<void> check_zone(std::uint32_t zone) const;
    std::vector<SealedDomainKey>::iterator find_domain_key(std::uint32_t zone, std::uint32_t id);

    std::mutex mutex_;
    std::vector<StoredZone> zones_;
    Rows rows_;  // by order of creation
    std::uint64_t last_row_ = 0;
    std::unordered_map<std::string, Rows::iterator, StringHash, std::equal_to<>> row_of_id_;
    std::set<std::pair<dns::Name, std::uint64_t>> rows_of_domains_;
    std::map<std::string, std::set<std::uint64_t>, std::less<>> rows_of_orgs_;
    std::set<std::string> issued_labels_;
    std::vector<Event> events_;                                               // number n at n - 1
    std::map<std::string, std::vector<std::uint64_t>, std::less<>> history_;  // key's id -> event numbers
    std::map<std::string, Bytes, std::less<>> notes_;
    std::map<std::pair<std::uint32_t, std::string>, Bytes> metadata_;  // by zone and kind
    std::vector<SealedDomainKey> domain_keys_;
    std::uint32_t last_domain_key_ = 0;
    std::map<std::string, SealedTsigKey> tsig_keys_;
    std::vector<Token> tokens_;  // oldest first
    std::map<std::string, Organisation, std::less<>> organisations_;
    std::map<std::uint64_t, Sender> senders_;  // by order of their entry
    std::uint64_t last_sender_ = 0;
    struct Kept {
        IdempotencyKey once;
        std::string key_id;
        Timestamp at{};
    };
    std::vector<Kept> once_;  // oldest first
};

}  // namespace custdkim
