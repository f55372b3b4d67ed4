#include "zone/administration.hpp"

#include <algorithm>
#include <mutex>

#include "base/log.hpp"
#include "zone/administration_seals.hpp"

namespace custdkim {

namespace {

// Generous, but bounds: PowerDNS reads all of a zone's metadata at once, and its keys with every signature
// that is not in its cache.
constexpr std::size_t longest_kind = 64, most_kinds = 100, most_values = 100, longest_value = 4096;
constexpr std::size_t most_domain_keys = 50, longest_domain_key = 16384;
constexpr std::size_t most_tsig_keys = 10000, longest_tsig_secret = 4096, longest_algorithm = 64;
constexpr std::string_view private_key_format = "Private-key-format: v1.";
constexpr std::string_view nsec3_parameters = "NSEC3PARAM", nsec3_narrow = "NSEC3NARROW";

bool is_kind(std::string_view kind) {
    const auto fits = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    return !kind.empty() && kind.size() <= longest_kind && std::all_of(kind.begin(), kind.end(), fits);
}

Result<void> check_metadata(const ServedZone& zone, std::string_view kind, const MetadataValues& values) {
    if (!is_kind(kind)) {
        return refused("a kind of metadata has 1 to 64 letters, digits and hyphens, as ALSO-NOTIFY has");
    }
    const std::string what = "the metadata " + std::string(kind) + " of " + zone.name().text();
    if (values.size() > most_values ||
        std::any_of(values.begin(), values.end(),
                    [](const std::string& value) { return value.size() > longest_value; })) {
        return refused(what + " may have 100 values of 4096 octets each");
    }
    if (kind == "PRESIGNED" && !values.empty() && dynamic_cast<const KeyZone*>(&zone)) {
        return refused(zone.name().text() +
                       " is made of keys and has no signatures of its own; let PowerDNS sign it: pdnsutil "
                       "secure-zone");
    }
    if (kind == nsec3_parameters && !values.empty()) {
        if (values.size() > 1) return refused(what + " may have one value");
        if (const auto hashing = parse_hashing(values.front()); !hashing) {
            return refused(what + ": " + hashing.error().detail);
        }
    }
    return {};
}

Result<void> check_domain_key(const DomainKey& key) {
    const auto bytes = key.content.span();
    if (bytes.size() > longest_domain_key ||
        !std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())
             .starts_with(private_key_format)) {
        return refused(
            "a DNSSEC key is a text that begins with 'Private-key-format: v1.' and has at most "
            "16384 octets");
    }
    if (key.flags != 256 && key.flags != 257) {
        return refused("a DNSSEC key has the flags 256 or 257, not " + std::to_string(key.flags));
    }
    return {};
}

Result<void> check_tsig_key(const TsigKey& key) {
    const auto bytes = key.secret.span();
    const std::string_view secret(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (secret.empty() || secret.size() > longest_tsig_secret || !from_base64(secret)) {
        return refused("the secret of the TSIG key " + key.name +
                       " is not base64 of at most 4096 characters");
    }
    const auto known = dns::Name::parse(key.algorithm);
    if (!known || known->text() != key.algorithm || key.algorithm.size() > longest_algorithm) {
        return refused("the TSIG key " + key.name + " needs an algorithm such as hmac-sha256");
    }
    return {};
}

}  // namespace

class Administration::Impl {
  public:
    Impl(AdministrationStore& kept, const Sealer& sealer) : store(kept), seals(sealer) {}

    Result<void> read(const Zones& zones);
    Result<MetadataValues> metadata(const ServedZone& zone, std::string_view kind) const;
    // Tells the zone its order of names, as its metadata has it.
    void order_names(ServedZone& zone) const;

    AdministrationStore& store;
    const AdministrationSeals seals;
    std::mutex changing;              // one change at a time, from the store to the zone
    mutable std::shared_mutex shown;  // guards those below
    std::map<std::pair<std::uint32_t, std::string>, SealedMetadata> metadata_of;     // zone and kind
    std::map<std::pair<std::uint32_t, std::uint32_t>, SealedDomainKey> domain_keys;  // zone and id
    std::map<std::string, SealedTsigKey, std::less<>> tsig_keys;
};

// Everything is opened once, so that tampering is found at start and not by the first question.
Result<void> Administration::Impl::read(const Zones& zones) {
    auto stored_metadata = store.all_metadata();
    if (!stored_metadata) return stored_metadata.error();
    for (SealedMetadata& sealed : *stored_metadata) {
        const ServedZone* const zone = zones.find(sealed.zone);
        if (!zone) continue;
        if (const auto opened = seals.open_metadata(zone->name(), sealed); !opened) return opened.error();
        const auto key = std::pair(sealed.zone, sealed.kind);
        metadata_of.insert_or_assign(key, std::move(sealed));
    }
    auto stored_keys = store.all_domain_keys();
    if (!stored_keys) return stored_keys.error();
    for (SealedDomainKey& sealed : *stored_keys) {
        const ServedZone* const zone = zones.find(sealed.zone);
        if (!zone) continue;
        if (const auto opened = seals.open_domain_key(zone->name(), sealed); !opened) return opened.error();
        const auto key = std::pair(sealed.zone, sealed.id);
        domain_keys.insert_or_assign(key, std::move(sealed));
    }
    auto stored_tsig = store.all_tsig_keys();
    if (!stored_tsig) return stored_tsig.error();
    for (SealedTsigKey& sealed : *stored_tsig) {
        if (const auto opened = seals.open_tsig_key(sealed); !opened) return opened.error();
        const std::string name = sealed.name;
        tsig_keys.insert_or_assign(name, std::move(sealed));
    }
    for (ServedZone* const zone : zones.all()) order_names(*zone);
    return {};
}

Result<MetadataValues> Administration::Impl::metadata(const ServedZone& zone, std::string_view kind) const {
    const std::shared_lock lock(shown);
    const auto found = metadata_of.find({zone.id(), std::string(kind)});
    if (found == metadata_of.end()) return MetadataValues();
    return seals.open_metadata(zone.name(), found->second);
}

// With the narrow mode PowerDNS makes up the hashes around the one that was asked for by itself.
void Administration::Impl::order_names(ServedZone& zone) const {
    const auto parameters = metadata(zone, nsec3_parameters);
    const auto narrow = metadata(zone, nsec3_narrow);
    const bool is_narrow = narrow && !narrow->empty() && narrow->front() == "1";
    std::optional<Hashing> hashing;
    if (parameters && !parameters->empty() && !is_narrow) {
        const auto parsed = parse_hashing(parameters->front());
        if (parsed) hashing = *parsed;
    }
    zone.set_hashing(std::move(hashing));
}

Administration::Administration(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Administration::~Administration() = default;

Result<std::unique_ptr<Administration>> Administration::open(AdministrationStore& store, const Sealer& sealer,
                                                             const Zones& zones) {
    auto impl = std::make_unique<Impl>(store, sealer);
    if (const auto read = impl->read(zones); !read) return read.error();
    return std::unique_ptr<Administration>(new Administration(std::move(impl)));
}

Result<std::map<std::string, MetadataValues>> Administration::all_metadata(const ServedZone& zone) const {
    std::map<std::string, MetadataValues> all;
    const std::shared_lock lock(impl_->shown);
    for (auto at = impl_->metadata_of.lower_bound({zone.id(), ""});
         at != impl_->metadata_of.end() && at->first.first == zone.id(); ++at) {
        auto values = impl_->seals.open_metadata(zone.name(), at->second);
        if (!values) return values.error();
        all.emplace(at->first.second, std::move(*values));
    }
    return all;
}

Result<MetadataValues> Administration::metadata(const ServedZone& zone, std::string_view kind) const {
    return impl_->metadata(zone, kind);
}

Result<void> Administration::set_metadata(ServedZone& zone, std::string_view kind,
                                          const MetadataValues& values) {
    if (const auto fine = check_metadata(zone, kind, values); !fine) return fine.error();
    const std::lock_guard change(impl_->changing);
    const std::pair key(zone.id(), std::string(kind));
    auto& all = impl_->metadata_of;  // read without the other lock: nobody else changes it now
    if (values.empty()) {
        if (const auto done = impl_->store.remove_metadata(zone.id(), kind); !done) return done.error();
        const std::lock_guard lock(impl_->shown);
        all.erase(key);
    } else {
        const auto of_zone =
            std::distance(all.lower_bound({zone.id(), ""}), all.lower_bound({zone.id() + 1, ""}));
        if (!all.contains(key) && static_cast<std::size_t>(of_zone) >= most_kinds) {
            return refused(zone.name().text() + " has metadata of 100 kinds; remove some first");
        }
        SealedMetadata sealed{zone.id(), key.second, impl_->seals.seal_metadata(zone.name(), kind, values)};
        if (const auto done = impl_->store.set_metadata(sealed); !done) return done.error();
        const std::lock_guard lock(impl_->shown);
        all.insert_or_assign(key, std::move(sealed));
    }
    if (kind == nsec3_parameters || kind == nsec3_narrow) impl_->order_names(zone);
    log_info("PowerDNS changed metadata", {{"zone", zone.name().text()}, {"kind", kind}});
    return {};
}

Result<std::vector<DomainKey>> Administration::domain_keys(const ServedZone& zone) const {
    std::vector<DomainKey> keys;
    const std::shared_lock lock(impl_->shown);
    for (auto at = impl_->domain_keys.lower_bound({zone.id(), 0});
         at != impl_->domain_keys.end() && at->first.first == zone.id(); ++at) {
        auto key = impl_->seals.open_domain_key(zone.name(), at->second);
        if (!key) return key.error();
        keys.push_back(std::move(*key));
    }
    return keys;
}

Result<std::uint32_t> Administration::add_domain_key(const ServedZone& zone, const DomainKey& key) {
    if (const auto fine = check_domain_key(key); !fine) return fine.error();
    const std::lock_guard change(impl_->changing);
    auto& all = impl_->domain_keys;
    const auto of_zone = std::distance(all.lower_bound({zone.id(), 0}), all.lower_bound({zone.id() + 1, 0}));
    if (static_cast<std::size_t>(of_zone) >= most_domain_keys) {
        return refused(zone.name().text() +
                       " has 50 DNSSEC keys; remove some first: pdnsutil remove-zone-key");
    }
    SealedDomainKey sealed{0,          zone.id(),     key.flags,
                           key.active, key.published, impl_->seals.seal_domain_key(zone.name(), key)};
    const auto id = impl_->store.add_domain_key(sealed);
    if (!id) return id.error();
    sealed.id = *id;
    {
        const std::lock_guard lock(impl_->shown);
        all.insert_or_assign({zone.id(), *id}, std::move(sealed));
    }
    log_info("PowerDNS added a DNSSEC key", {{"zone", zone.name().text()}, {"key", *id}});
    return *id;
}

Result<void> Administration::change_domain_key(const ServedZone& zone, std::uint32_t id, KeyFlags flags) {
    const std::lock_guard change(impl_->changing);
    const auto found = impl_->domain_keys.find({zone.id(), id});
    const bool is_there = found != impl_->domain_keys.end();
    const bool active = flags.active.value_or(is_there && found->second.active);
    const bool published = flags.published.value_or(is_there && found->second.published);
    // The store says it, too, if the zone has no such key.
    if (const auto done = impl_->store.set_domain_key(zone.id(), id, active, published); !done) {
        return done.error();
    }
    {
        const std::lock_guard lock(impl_->shown);
        found->second.active = active;
        found->second.published = published;
    }
    log_info("PowerDNS changed a DNSSEC key",
             {{"zone", zone.name().text()}, {"key", id}, {"active", active}, {"published", published}});
    return {};
}

Result<void> Administration::remove_domain_key(const ServedZone& zone, std::uint32_t id) {
    const std::lock_guard change(impl_->changing);
    if (const auto done = impl_->store.remove_domain_key(zone.id(), id); !done) return done.error();
    {
        const std::lock_guard lock(impl_->shown);
        impl_->domain_keys.erase({zone.id(), id});
    }
    log_info("PowerDNS removed a DNSSEC key", {{"zone", zone.name().text()}, {"key", id}});
    return {};
}

Result<std::optional<TsigKey>> Administration::tsig_key(std::string_view name) const {
    const std::shared_lock lock(impl_->shown);
    const auto found = impl_->tsig_keys.find(name);
    if (found == impl_->tsig_keys.end()) return std::optional<TsigKey>();
    auto key = impl_->seals.open_tsig_key(found->second);
    if (!key) return key.error();
    return std::optional(std::move(*key));
}

Result<std::vector<TsigKey>> Administration::tsig_keys() const {
    std::vector<TsigKey> keys;
    const std::shared_lock lock(impl_->shown);
    for (const auto& entry : impl_->tsig_keys) {
        auto key = impl_->seals.open_tsig_key(entry.second);
        if (!key) return key.error();
        keys.push_back(std::move(*key));
    }
    return keys;
}

Result<void> Administration::set_tsig_key(const TsigKey& key) {
    if (const auto fine = check_tsig_key(key); !fine) return fine.error();
    const std::lock_guard change(impl_->changing);
    if (!impl_->tsig_keys.contains(key.name) && impl_->tsig_keys.size() >= most_tsig_keys) {
        return refused("there are 10000 TSIG keys; remove some first: pdnsutil delete-tsig-key");
    }
    SealedTsigKey sealed{key.name, key.algorithm, impl_->seals.seal_tsig_key(key)};
    if (const auto done = impl_->store.set_tsig_key(sealed); !done) return done.error();
    {
        const std::lock_guard lock(impl_->shown);
        impl_->tsig_keys.insert_or_assign(key.name, std::move(sealed));
    }
    log_info("PowerDNS set a TSIG key", {{"key", key.name}});
    return {};
}

Result<void> Administration::remove_tsig_key(std::string_view name) {
    const std::lock_guard change(impl_->changing);
    if (const auto done = impl_->store.remove_tsig_key(name); !done) return done.error();
    {
        const std::lock_guard lock(impl_->shown);
        const auto found = impl_->tsig_keys.find(name);
        if (found != impl_->tsig_keys.end()) impl_->tsig_keys.erase(found);
    }
    log_info("PowerDNS removed a TSIG key", {{"key", name}});
    return {};
}

}  // namespace custdkim
