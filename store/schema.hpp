// The SQLite schema and its history: one step per version, applied in one transaction each.
#pragma once

#include "store/sqlite.hpp"

namespace custdkim::sqlite {

// Brings the database to the newest version. Refuses a database that is not ours, and one that a newer
// custdkim has written.
void migrate(Database& database);

// The version that this program writes.
int newest_schema_version();

}  // namespace custdkim::sqlite
