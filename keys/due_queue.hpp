// Which key is due when: an ordered queue, each key in it once. About 140 bytes for each key.
// Not thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "base/time.hpp"

namespace custdkim {

class DueQueue {
  public:
    // Moves the key if it is there.
    void put(const std::string& id, Timestamp due) {
        const auto [at, is_new] = due_.try_emplace(id, due);
        if (!is_new) {
            if (at->second == due) return;
            order_.erase({at->second, &at->first});
            at->second = due;
        }
        order_.insert({due, &at->first});
    }

    void erase(const std::string& id) {
        const auto at = due_.find(id);
        if (at == due_.end()) return;
        order_.erase({at->second, &at->first});
        due_.erase(at);
    }

    // Nobody is due later than then.
    void bring_forward(Timestamp to) {
        order_.clear();
        for (auto& [id, due] : due_) {
            due = std::min(due, to);
            order_.insert({due, &id});
        }
    }

    struct Entry {
        Timestamp due{};
        std::string id;
    };

    // The one that is due first.
    std::optional<Entry> first() const {
        if (order_.empty()) return std::nullopt;
        return Entry{order_.begin()->due, *order_.begin()->id};
    }

    // Stops counting at `most`.
    std::size_t count_due(Timestamp now, std::size_t most = SIZE_MAX) const {
        std::size_t count = 0;
        for (auto at = order_.begin(); at != order_.end() && at->due <= now && count < most; ++at) ++count;
        return count;
    }

    std::size_t size() const { return due_.size(); }
    bool empty() const { return due_.empty(); }

  private:
    struct Place {
        Timestamp due{};
        const std::string* id = nullptr;  // in due_, whose nodes stay where they are

        bool operator<(const Place& other) const {
            return due != other.due ? due < other.due : *id < *other.id;
        }
    };

    std::unordered_map<std::string, Timestamp> due_;
    std::set<Place> order_;
};

}  // namespace custdkim
