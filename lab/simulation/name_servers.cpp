#include "lab/simulation/name_servers.hpp"

#include <algorithm>

namespace custdkim::lab {

namespace {

constexpr Duration longest_memory = std::chrono::days(12);  // beyond any TTL and stale allowance

}  // namespace

NameServers::NameServers(std::size_t slots) : servers_(count) {
    for (Server& server : servers_) server.history.resize(slots);
}

void NameServers::publish(SlotNumber slot, Content content_now, TrueTime now) {
    std::erase_if(held_back_, [&](const Change& change) { return change.slot == slot; });
    if (content(0, slot) == content_now) return;
    if (fails_silently_ && fails_silently_(slot)) {
        held_back_.push_back({slot, content_now});
        return;
    }
    log_.push_back({slot, content_now});
    show(0, log_.back(), now);
}

void NameServers::heal(TrueTime now) {
    fails_silently_ = nullptr;
    const std::vector<Change> late = std::move(held_back_);
    held_back_.clear();
    for (const Change& change : late) publish(change.slot, change.content, now);
    for (std::size_t server = 1; server < count; ++server) {
        if (servers_[server].blocked == 0) transfer_all(server, now);
    }
}

bool NameServers::transfer(std::size_t index, TrueTime now) {
    Server& server = servers_[index];
    const bool is_newer_there = is_newer(serial(), server.serial);
    if (server.blocked > 0 || !reachable(0)) return false;
    if (!is_newer_there) return true;
    for (; server.position < log_.size(); ++server.position) {
        const Change change = log_[server.position];
        if (server.misses && server.misses(change.slot)) {
            server.missed.push_back(change);
        } else {
            show(index, change, now);
        }
    }
    server.serial = serial();
    return true;
}

void NameServers::transfer_all(std::size_t index, TrueTime now) {
    Server& server = servers_[index];
    for (const Change& change : server.missed) show(index, {change.slot, content(0, change.slot)}, now);
    server.missed.clear();
    for (; server.position < log_.size(); ++server.position) show(index, log_[server.position], now);
    server.serial = serial();
}

bool NameServers::any_reachable() const {
    for (std::size_t server = 0; server < count; ++server) {
        if (reachable(server)) return true;
    }
    return false;
}

Content NameServers::content(std::size_t server, SlotNumber slot) const {
    const auto& history = servers_[server].history[slot];
    return history.empty() ? absent : history.back().content;
}

Content NameServers::content_at(std::size_t server, SlotNumber slot, TrueTime time) const {
    const auto& history = servers_[server].history[slot];
    for (auto entry = history.rbegin(); entry != history.rend(); ++entry) {
        if (entry->since <= time) return entry->content;
    }
    return absent;
}

void NameServers::show(std::size_t server, Change change, TrueTime now) {
    const Content before = content(server, change.slot);
    if (before == change.content) return;
    auto& history = servers_[server].history[change.slot];
    // An entry is needed as long as the one behind it is young.
    std::size_t old = 0;
    while (old + 1 < history.size() && history[old + 1].since < now - longest_memory) ++old;
    history.erase(history.begin(), history.begin() + static_cast<std::ptrdiff_t>(old));
    history.push_back({now, change.content});
    if (listener_) listener_(server, change.slot, before, change.content);
}

}  // namespace custdkim::lab
