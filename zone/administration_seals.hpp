// How what PowerDNS keeps with us is sealed: each blob is bound to its purpose, to its zone's name and to its
// kind, flags or algorithm, so that it cannot be moved in the store. Thread-safe.
#pragma once

#include <span>
#include <string_view>

#include "zone/administration.hpp"

namespace custdkim {

class AdministrationSeals {
  public:
    explicit AdministrationSeals(const Sealer& sealer) : sealer_(sealer) {}

    Bytes seal_metadata(const dns::Name& zone, std::string_view kind, const MetadataValues& values) const;
    Bytes seal_domain_key(const dns::Name& zone, const DomainKey& key) const;
    Bytes seal_tsig_key(const TsigKey& key) const;

    // `corrupt`, with what it is and what to do, where the store was tampered with.
    Result<MetadataValues> open_metadata(const dns::Name& zone, const SealedMetadata& sealed) const;
    Result<DomainKey> open_domain_key(const dns::Name& zone, const SealedDomainKey& sealed) const;
    Result<TsigKey> open_tsig_key(const SealedTsigKey& sealed) const;

  private:
    const Sealer& sealer_;
};

}  // namespace custdkim
