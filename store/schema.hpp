// The SQLite schema and its history: one step per version, applied in one transaction each.
#pragma once

#include "store/sqlite.hpp"

namespace custdkim::sqlite {

// Refuses a database that is not ours, and one that a newer custdkim has written. Only looks.
void check_ours(Database& database);

// Brings the database to the newest version.
void migrate(Database& database);

// The version that this program writes.
int newest_schema_version();

}  // namespace custdkim::sqlite
