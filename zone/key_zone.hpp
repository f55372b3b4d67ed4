// One key zone as PowerDNS serves it: SOA, NS and static records at the apex, and a TXT for every slot at
// <selector>.<label>.<zone>. Derived from the keys, changed in place, key by key.
// Thread-safe: readers share a lock that a change holds for about a microsecond, for a few while the zone has
// NSEC3.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "dns/record.hpp"
#include "keys/key.hpp"
#include "zone/chain.hpp"
#include "zone/served_zone.hpp"

namespace custdkim {

class HashIndex;
class LabelIndex;
struct LabelEntry;
class ZoneContents;
struct ZoneName;

struct ZoneSettings {
    dns::Name name;
    std::vector<dns::Name> nameservers;
    dns::Name hostmaster;
    std::uint32_t ttl_seconds = 300;
    std::uint32_t negative_ttl_seconds = 300;  // SOA MINIMUM (RFC 2308 section 4)
    std::vector<dns::Record> records;          // static
};

class KeyZone final : public ServedZone {
  public:
    // Refuses static records outside the zone, an SOA or NS at its apex, and a CNAME beside other data.
    static Result<std::unique_ptr<KeyZone>> make(ZoneSettings settings, std::uint32_t id, Serial serial);
    ~KeyZone() override;

    Serial serial() const override;
    std::size_t record_count() const override { return label_count(); }
    std::size_t label_count() const;
    void lookup(std::string_view relative, std::string_view type, RecordSink& sink) const override;
    void list(RecordSink& sink) const override;
    bool list_behind(std::string_view relative, RecordSink& sink) const override;
    std::optional<Neighbours> neighbours(std::string_view relative) const override;
    void set_hashing(std::optional<Hashing> hashing) override;

    void publish(const Key& key, Serial serial);
    void withdraw(const Key& key, Serial serial);

    // While loading: shows the key without touching the serial.
    void load(const Key& key);

    // Static records stand at or below this label.
    bool is_reserved(std::string_view label) const;

  private:
    KeyZone(ZoneSettings settings, std::uint32_t id, Serial serial,
            std::unique_ptr<const ZoneContents> statics);

    struct HashedName;
    void add_apex(std::string_view type, RecordSink& sink) const;
    void add_static(const ZoneName& name, std::string_view type, RecordSink& sink) const;
    void list_statics(std::size_t from, RecordSink& sink) const;
    void list_labels(std::string_view behind, RecordSink& sink) const;
    void add_label(std::string_view relative, std::string_view type, RecordSink& sink) const;
    void add_key_record(std::string_view relative, const LabelEntry& entry, RecordSink& sink) const;
    std::string_view soa_content() const;
    std::string_view owner(std::string_view relative) const;
    void put(const Key& key);
    void erase(std::string_view label);
    std::optional<Neighbours> canonical_neighbours(std::string_view relative) const;
    std::optional<Neighbours> hashed_neighbours(std::string_view hash) const;
    std::vector<HashedName> hashed_names(const HashIndex& index, std::string_view label,
                                         std::string_view selector) const;
    void grow();

    const ZoneSettings settings_;
    const std::string soa_head_, soa_tail_;  // around the serial
    const std::unique_ptr<const ZoneContents> statics_;

    mutable std::shared_mutex mutex_;  // guards the four below, which change together
    Serial serial_;
    std::unique_ptr<LabelIndex> labels_;
    std::unique_ptr<HashIndex> hashes_;   // while the zone has NSEC3
    std::unique_ptr<HashIndex> growing_;  // what set_hashing() is making

    std::mutex hashing_;  // one set_hashing() at a time
    std::atomic<Chain> chain_ = Chain::nsec;
};

}  // namespace custdkim
