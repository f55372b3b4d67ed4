// What a resolver remembers, by name: bounded, the least recently used goes first, and nothing is given out
// past its time. The keys begin with a folded name in wire form. Thread-safe.
#pragma once

#include <algorithm>
#include <iterator>
#include <list>
#include <map>
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
            drop(found->second);
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
        from_the_top_.emplace(from_the_top(key), entries_.begin());
        if (index_.size() > limit_) drop(std::prev(entries_.end()));
    }

    void clear() {
        const std::lock_guard lock(mutex_);
        index_.clear();
        from_the_top_.clear();
        entries_.clear();
    }

    // Forgets what is kept for names at or below this one.
    void forget(const WireName& name) {
        const std::lock_guard lock(mutex_);
        std::string prefix = from_the_top(name);
        prefix.pop_back();
        auto entry = from_the_top_.lower_bound(prefix);
        while (entry != from_the_top_.end() && entry->first.starts_with(prefix)) drop((entry++)->second);
    }

    // All that is kept for names at or below this one, whether or not its time is over.
    std::vector<Pointer> at_or_below(const WireName& name) const {
        const std::lock_guard lock(mutex_);
        std::string prefix = from_the_top(name);
        prefix.pop_back();
        std::vector<Pointer> found;
        for (auto entry = from_the_top_.lower_bound(prefix);
             entry != from_the_top_.end() && entry->first.starts_with(prefix); ++entry) {
            found.push_back(entry->second->value);
        }
        return found;
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

    using Position = typename std::list<Entry>::iterator;

    // Labels from the top down, a 0 behind them, and what stood behind the name: all that is below a name
    // begins with its labels, and nothing else does.
    static std::string from_the_top(const std::string& key) {
        std::string labels;
        std::size_t at = 0;
        while (at < key.size() && key[at] != 0) {
            const std::size_t size = static_cast<unsigned char>(key[at]) + 1U;
            labels.insert(0, key, at, size);
            at += size;
        }
        return labels + key.substr(std::min(at, key.size()));
    }

    void drop(Position entry) {
        from_the_top_.erase(from_the_top(entry->key));
        index_.erase(entry->key);
        entries_.erase(entry);
    }

    const std::size_t limit_;
    mutable std::mutex mutex_;
    std::list<Entry> entries_;  // the last used first
    std::unordered_map<std::string, Position> index_;
    std::map<std::string, Position> from_the_top_;  // to forget a customer without looking at all others
};

}  // namespace custdkim::lab
