// The port for what PowerDNS keeps with us about zones: metadata, DNSSEC key pairs and TSIG keys. All values
// are sealed; names, flags and kinds are not. Every call is one transaction (R10). Implemented in store/.
// Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "keys/key_pair.hpp"

namespace custdkim {

struct SealedMetadata {
    std::uint32_t zone = 0;  // StoredZone::id
    std::string kind;        // "ALSO-NOTIFY"
    Bytes values;
};

struct SealedDomainKey {
    std::uint32_t id = 0;  // unique over all zones, never issued twice, from 1 to 2^31 - 1
    std::uint32_t zone = 0;
    std::uint16_t flags = 0;  // 256 or 257 (RFC 4034 section 2.1.1)
    bool active = false;
    bool published = false;
    Bytes content;
};

struct SealedTsigKey {
    std::string name;       // canonical
    std::string algorithm;  // "hmac-sha256"
    Bytes content;
};

class AdministrationStore {
  public:
    virtual ~AdministrationStore() = default;

    virtual Result<std::vector<SealedMetadata>> all_metadata() = 0;
    virtual Result<std::vector<SealedDomainKey>> all_domain_keys() = 0;
    virtual Result<std::vector<SealedTsigKey>> all_tsig_keys() = 0;

    // Replaces all values of the kind; without values it is removed.
    virtual Result<void> set_metadata(const SealedMetadata& metadata) = 0;
    virtual Result<void> remove_metadata(std::uint32_t zone, std::string_view kind) = 0;

    // Enters the key under an id of its own, which is returned; the one given is ignored.
    virtual Result<std::uint32_t> add_domain_key(const SealedDomainKey& key) = 0;
    // `not_found` where the zone has no such key.
    virtual Result<void> set_domain_key(std::uint32_t zone, std::uint32_t id, bool active,
                                        bool published) = 0;
    virtual Result<void> remove_domain_key(std::uint32_t zone, std::uint32_t id) = 0;

    // Enters or replaces.
    virtual Result<void> set_tsig_key(const SealedTsigKey& key) = 0;
    virtual Result<void> remove_tsig_key(std::string_view name) = 0;
};

}  // namespace custdkim
