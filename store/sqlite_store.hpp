// The store in one SQLite file, write-ahead logged, with `synchronous = FULL`: a label that was handed out or
// a serial that was shown must not be handed out or shown again after a power cut (R6, R8), and NORMAL may
// lose the last transactions then. Thread-safe: one connection, one caller at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "base/descriptor.hpp"
#include "store/daemon_store.hpp"

namespace custdkim {

class SqliteStore final : public DaemonStore {
  public:
    // Creates the file where there is none, and brings an older one up to date. Refuses, with nothing
    // changed: another daemon's store, one written by a newer custdkim, a damaged one, somebody else's file.
    static Result<std::unique_ptr<SqliteStore>> open(const std::filesystem::path& file);
    ~SqliteStore() override;

    Result<std::vector<StoredZone>> open_zones(std::span<const dns::Name> zones, Timestamp now) override;
    Result<Serial> move_serial(const dns::Name& zone, Timestamp now) override;
    Result<Insertion> insert(const Creation& creation, Timestamp now) override;
    Result<std::optional<EarlierCreation>> earlier(std::string_view caller, std::string_view key,
                                                   Timestamp now) override;
    Result<std::vector<Committed>> commit(std::span<const Change> changes, Timestamp now) override;
    void catch_up() override;
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
    class Sql;
    Result<KeyPage> list_prefix(const KeyFilter& filter);
    void empty_log(std::size_t changes, Timestamp now);
    // One change of what PowerDNS keeps with us. What it takes away must not stay behind in the log (R9).
    template <typename Work>
    Result<void> administer(Work work);
    // One change of tokens or organisations, with its event.
    template <typename Work>
    Result<void> change_access(const Event& event, Work work);

    SqliteStore(std::filesystem::path file, Descriptor lock, std::unique_ptr<Sql> sql);

    const std::filesystem::path file_;
    std::mutex mutex_, copying_;
    Descriptor lock_;
    std::unique_ptr<Sql> sql_;
    std::optional<Timestamp> log_holds_secrets_since_;  // private keys that were destroyed
};

}  // namespace custdkim
