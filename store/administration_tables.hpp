// What PowerDNS keeps with us, in SQLite: metadata, DNSSEC key pairs, TSIG keys. Ids of key pairs are never
// issued twice. Calls throw Failure; each is one statement, and so one transaction.
#pragma once

#include <vector>

#include "store/sqlite.hpp"
#include "zone/administration_store.hpp"

namespace custdkim::sqlite {

class AdministrationTables {
  public:
    explicit AdministrationTables(Database& database) : database_(database) {}

    // All as in AdministrationStore.
    std::vector<SealedMetadata> all_metadata();
    std::vector<SealedDomainKey> all_domain_keys();
    std::vector<SealedTsigKey> all_tsig_keys();
    void set_metadata(const SealedMetadata& metadata);
    void remove_metadata(std::uint32_t zone, std::string_view kind);
    std::uint32_t add_domain_key(const SealedDomainKey& key);
    void set_domain_key(std::uint32_t zone, std::uint32_t id, bool active, bool published);
    void remove_domain_key(std::uint32_t zone, std::uint32_t id);
    void set_tsig_key(const SealedTsigKey& key);
    void remove_tsig_key(std::string_view name);

  private:
    Database& database_;
    Statement every_metadata_{database_, "SELECT zone, kind, sealed FROM metadata"};
    Statement every_domain_key_{database_,
                                "SELECT id, zone, flags, active, published, sealed FROM domain_key"};
    Statement every_tsig_key_{database_, "SELECT name, algorithm, sealed FROM tsig_key"};
    Statement set_metadata_{database_,
                            "INSERT OR REPLACE INTO metadata (zone, kind, sealed) VALUES (?, ?, ?)"};
    Statement remove_metadata_{database_, "DELETE FROM metadata WHERE zone = ? AND kind = ?"};
    Statement add_domain_key_{database_,
                              "INSERT INTO domain_key (zone, flags, active, published, sealed)"
                              " VALUES (?, ?, ?, ?, ?)"};
    Statement set_domain_key_{database_,
                              "UPDATE domain_key SET active = ?, published = ? WHERE zone = ? AND id = ?"};
    Statement remove_domain_key_{database_, "DELETE FROM domain_key WHERE zone = ? AND id = ?"};
    Statement set_tsig_key_{database_,
                            "INSERT OR REPLACE INTO tsig_key (name, algorithm, sealed) VALUES (?, ?, ?)"};
    Statement remove_tsig_key_{database_, "DELETE FROM tsig_key WHERE name = ?"};
};

}  // namespace custdkim::sqlite
