// Keys out of the joined rows of key, zone, slot and pair, and back into them.
#pragma once

#include <functional>
#include <string>

#include "keys/key.hpp"
#include "store/sqlite.hpp"

namespace custdkim::sqlite {

// The SELECT up to its WHERE, which `where` completes; its rows come ordered by key, slot and pair.
std::string select_keys(std::string_view where);

// Runs the bound statement and calls visit(row number, key) for every key. Throws Failure where a row makes
// no sense.
void read_keys(Statement& statement, const std::function<void(std::int64_t, Key&&)>& visit);

inline std::int64_t seconds(Timestamp time) { return time.time_since_epoch().count(); }
std::optional<std::int64_t> seconds(const std::optional<Timestamp>& time);

}  // namespace custdkim::sqlite
