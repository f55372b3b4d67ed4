// What a resolver remembers, by name: bounded, the least recently used goes first, and nothing is given out
// past its time. The keys begin with a folded name in wire form. Thread-safe.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/clock.hpp"
#include "lab/wire/message.hpp"

namespace custdkim::lab {

template <typename Value>
class BoundedMap {
  public:
    using Pointer = std::shared_ptr<const Value>;

    explicit BoundedMap(std::size_t limit) : limit_(limit) {}

    // What is past its time is forgotten on the way.
    Pointer find(const std::string& key, Timestamp now) {
        const std::lock_guard lock(mutex_);
        const auto found = index_.find(key);
        if (found == index_.end()) return nullptr;
        if (found->second->until <= now) {
            entries_.erase(found->second);
            index_.erase(found);
            return nullptr;
        }
        entries_.splice(entries_.begin(), entries_, found->second);
        return found->second->value;
    }

    void put(const std::string& key, Pointer value, Timestamp until) {
        const std::lock_guard lock(mutex_);
        const auto found = index_.find(key);
        if (found != index_.end()) {
            found->second->value = std::move(value);
            found->second->until = until;
            entries_.splice(entries_.begin(), entries_, found->second);
            return;
        }
        entries_.push_front({key, std::move(value), until});
        index_.emplace(key, entries_.begin());
        if (index_.size() <= limit_) return;
        index_.erase(entries_.back().key);
        entries_.pop_back();
    }

    void clear() {
        const std::lock_guard lock(mutex_);
        index_.clear();
        entries_.clear();
    }

    // Forgets what is kept for names at or below this one.
    void forget(const WireName& name) {
        const std::lock_guard lock(mutex_);
        for (auto entry = entries_.begin(); entry != entries_.end();) {
            if (!is_at_or_below(name_of(entry->key), name)) {
                ++entry;
                continue;
            }
            index_.erase(entry->key);
            entry = entries_.erase(entry);
        }
    }

    std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return index_.size();
    }

  private:
    struct Entry {
        std::string key;
        Pointer value;
        Timestamp until;
    };

    static WireName name_of(const std::string& key) {
        std::size_t at = 0;
        while (at < key.size() && key[at] != 0) at += static_cast<unsigned char>(key[at]) + 1U;
        return key.substr(0, at + 1);
    }

    const std::size_t limit_;
    mutable std::mutex mutex_;
    std::list<Entry> entries_;  // the last used first
    std::unordered_map<std::string, typename std::list<Entry>::iterator> index_;
};

}  // namespace custdkim::lab
