// What is asked of a file that is said to be a copy of a store. Throws Failure.
#pragma once

#include <string>

#include "store/sqlite.hpp"
#include "store/store_copy.hpp"

namespace custdkim::sqlite {

// Ours, of a schema that we know, and whole; `what` names it in refusals.
void check_whole(Database& database, const std::string& what);

// Of a database of our newest schema.
CopyContents contents_of(Database& database);

}  // namespace custdkim::sqlite
