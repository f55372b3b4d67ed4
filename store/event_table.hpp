// The audit log in SQLite. Its rows outlive the keys that they tell of. Calls throw Failure; add() belongs
// into the transaction of the change.
#pragma once

#include <vector>

#include "keys/event.hpp"
#include "store/sqlite.hpp"

namespace custdkim::sqlite {

class EventTable {
  public:
    explicit EventTable(Database& database) : database_(database) {}

    // `org`: of the key. Without a key the row is 0.
    void add(const Event& event, std::int64_t key_row, std::string_view org);
    std::vector<Event> list(const EventFilter& filter);

  private:
    Database& database_;
    Statement add_{database_,
                   "INSERT INTO event (at, actor, action, key, key_id, domain, detail, org)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"};
    Statement list_all_{database_,
                        "SELECT number, at, actor, action, key_id, domain, detail,"
                        " coalesce(org, (SELECT k.org FROM key k WHERE k.row = event.key)) FROM event"
                        " WHERE number > ? ORDER BY number LIMIT ?"};
    Statement list_key_{database_,
                        "SELECT number, at, actor, action, key_id, domain, detail,"
                        " coalesce(org, (SELECT k.org FROM key k WHERE k.row = event.key)) FROM event"
                        " WHERE number > ?1 AND key = (SELECT row FROM key WHERE id = ?2 UNION ALL"
                        " SELECT row FROM erased_key WHERE id = ?2) ORDER BY number LIMIT ?3"};
};

}  // namespace custdkim::sqlite
