// Keys out of the joined rows of key, zone, slot and pair, and back into them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "keys/key.hpp"
#include "store/sqlite.hpp"

namespace custdkim::sqlite {

// The SELECT up to its WHERE, which `where` completes; its rows come ordered by key, slot and pair.
std::string select_keys(std::string_view where);

// Runs the bound statement and calls visit(row number, key) for every key. Throws Failure where a row makes
// no sense.
void read_keys(Statement& statement, const std::function<void(std::int64_t, Key&&)>& visit);

// The slots of one key: all that a change can touch but the row of the key itself. Twice as quick as to read
// the whole key.
class SlotRows {
  public:
    explicit SlotRows(Database& database);
    std::vector<Slot> read(std::int64_t key, KeyType key_type);

  private:
    Statement slots_;
    Statement pairs_;
};

// Lists of lines, which have no line feeds in them, as one text.
std::string join_lines(const std::vector<std::string>& lines);
std::vector<std::string> split_lines(std::string_view text);

inline std::int64_t seconds(Timestamp time) { return time.time_since_epoch().count(); }
std::optional<std::int64_t> seconds(const std::optional<Timestamp>& time);

}  // namespace custdkim::sqlite
