// A store whose calls are timed and whose failures are counted. Thread-safe, as the store that it stands
// before; the time includes waiting for others.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "base/latency.hpp"
#include "store/daemon_store.hpp"

namespace custdkim {

// Calls of one kind are counted together.
enum class StoreWork {
    open,
    insert,
    commit,
    catch_up,
    erase,
    find,
    list,
    scan,
    private_key,
    events,
    note,
    administration
};
inline constexpr std::size_t store_work_count = 12;
inline constexpr std::size_t errc_count = static_cast<std::size_t>(Errc::internal) + 1;  // the last one

std::string_view to_string(StoreWork work);

class MeasuredStore final : public DaemonStore {
  public:
    explicit MeasuredStore(std::unique_ptr<DaemonStore> inner) : inner_(std::move(inner)) {}

    Latency::Reading took(StoreWork work) const { return took_[static_cast<std::size_t>(work)].read(); }
    // Since the start, whatever the call.
    std::uint64_t failed(Errc code) const { return failed_[static_cast<std::size_t>(code)]; }

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

    // Not timed: it takes as long as the store is large.
    Result<Descriptor> copy(Timestamp now) override { return inner_->copy(now); }

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
    template <typename Call>
    auto measured(StoreWork work, Call call);

    const std::unique_ptr<DaemonStore> inner_;
    std::array<Latency, store_work_count> took_;
    std::array<std::atomic<std::uint64_t>, errc_count> failed_{};
};

}  // namespace custdkim
