// What PowerDNS keeps with us about zones, and asks back: metadata (https://doc.powerdns.com/authoritative/
// domainmetadata.html), the DNSSEC key pairs that it signs with, TSIG keys (RFC 8945). Questions are answered
// from memory, where everything stays sealed until it is asked for; a change is in the store before it shows.
// Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "keys/sealing.hpp"
#include "zone/administration_store.hpp"
#include "zone/zones.hpp"

namespace custdkim {

using MetadataValues = std::vector<std::string>;

struct DomainKey {
    std::uint32_t id = 0;
    std::uint16_t flags = 0;
    bool active = false;
    bool published = false;
    SecretBytes content;  // PowerDNS's "Private-key-format: v1.2 ..."
};

struct TsigKey {
    std::string name, algorithm;
    SecretBytes secret;  // in base64
};

class Administration {
  public:
    // Reads everything that is stored, and tells the zones how they are hashed. All three outlive it.
    // `corrupt` where something cannot be unsealed. What is stored of zones that are not served is left
    // alone.
    static Result<std::unique_ptr<Administration>> open(AdministrationStore& store, const Sealer& sealer,
                                                        const Zones& zones);
    ~Administration();

    Result<std::map<std::string, MetadataValues>> all_metadata(const ServedZone& zone) const;
    Result<MetadataValues> metadata(const ServedZone& zone, std::string_view kind) const;

    // Replaces; none removes. `refused`, with the remedy, what cannot work here: PRESIGNED on a key zone, an
    // NSEC3PARAM that hashing.hpp refuses, kinds and values beyond sane sizes (64 octets, 100 values of 4
    // KiB). NSEC3PARAM and NSEC3NARROW change the zone's order of names at once.
    Result<void> set_metadata(ServedZone& zone, std::string_view kind, const MetadataValues& values);

    Result<std::vector<DomainKey>> domain_keys(const ServedZone& zone) const;
    Result<std::uint32_t> add_domain_key(const ServedZone& zone, const DomainKey& key);  // its id
    struct KeyFlags {
        std::optional<bool> active, published;  // what is not set stays
    };
    Result<void> change_domain_key(const ServedZone& zone, std::uint32_t id, KeyFlags flags);  // not_found
    Result<void> remove_domain_key(const ServedZone& zone, std::uint32_t id);                  // not_found

    Result<std::optional<TsigKey>> tsig_key(std::string_view name) const;
    Result<std::vector<TsigKey>> tsig_keys() const;
    Result<void> set_tsig_key(const TsigKey& key);
    Result<void> remove_tsig_key(std::string_view name);  // not_found

  private:
    class Impl;
    explicit Administration(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace custdkim
