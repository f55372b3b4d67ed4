// The key zones in SQLite, with their ids and serials. Every call belongs into a transaction of the caller's
// and throws Failure.
#pragma once

#include <span>
#include <vector>

#include "keys/store.hpp"
#include "store/sqlite.hpp"

namespace custdkim::sqlite {

class ZoneTable {
  public:
    explicit ZoneTable(Database& database) : database_(database) {}

    // As Store::open_zones().
    std::vector<StoredZone> open(std::span<const dns::Name> names, Timestamp now);

    StoredZone find(const dns::Name& name);
    Serial move_serial(const StoredZone& zone, Timestamp now);

  private:
    Database& database_;
    Statement every_{database_, "SELECT z.name, (SELECT count(*) FROM key WHERE zone = z.id) FROM zone z"};
    Statement add_{database_, "INSERT INTO zone (name, serial) VALUES (?, ?)"};
    Statement find_{database_, "SELECT id, serial FROM zone WHERE name = ?"};
    Statement set_serial_{database_, "UPDATE zone SET serial = ? WHERE id = ?"};
};

}  // namespace custdkim::sqlite
