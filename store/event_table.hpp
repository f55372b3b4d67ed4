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

    void add(const Event& event);
    std::vector<Event> list(const EventFilter& filter);

  private:
    Database& database_;
    Statement add_{database_,
                   "INSERT INTO event (at, actor, action, key_id, domain, detail) VALUES (?, ?, ?, ?, ?, ?)"};
    Statement list_all_{database_,
                        "SELECT number, at, actor, action, key_id, domain, detail FROM event"
                        " WHERE number > ? ORDER BY number LIMIT ?"};
    Statement list_key_{database_,
                        "SELECT number, at, actor, action, key_id, domain, detail FROM event"
                        " WHERE number > ? AND key_id = ? ORDER BY number LIMIT ?"};
};

}  // namespace custdkim::sqlite
