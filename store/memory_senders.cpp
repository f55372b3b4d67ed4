// Addresses that may send, in the store that forgets.
#include <algorithm>

#include "store/memory_store.hpp"
#include "store/outcomes.hpp"

namespace custdkim {

namespace {

bool is_meant(const Sender& sender, const SenderFilter& filter) {
    return (filter.org.empty() || sender.org == filter.org) &&
           (filter.domain.empty() || sender.domain == filter.domain) &&
           (!filter.confirmed || sender.confirmed_at.has_value() == *filter.confirmed);
}

}  // namespace

Result<SenderPage> MemoryStore::senders(const SenderFilter& filter) {
    const auto after = outcomes::read_cursor(filter.after);
    if (!after) return after.error();
    const std::lock_guard lock(mutex_);
    SenderPage page;
    std::uint64_t last = 0;
    for (auto next = senders_.upper_bound(*after); next != senders_.end(); ++next) {
        if (!is_meant(next->second, filter)) continue;
        if (page.senders.size() == filter.limit) {
            page.next = std::to_string(last);
            break;
        }
        page.senders.push_back(next->second);
        last = next->first;
    }
    return page;
}

std::map<std::uint64_t, Sender>::iterator MemoryStore::find_sender(std::string_view org,
                                                                   std::string_view address) {
    return std::find_if(senders_.begin(), senders_.end(), [&](const auto& each) {
        return each.second.org == org && each.second.address == address;
    });
}

Result<std::optional<Sender>> MemoryStore::sender(std::string_view org, std::string_view address) {
    const std::lock_guard lock(mutex_);
    const auto found = find_sender(org, address);
    return found == senders_.end() ? std::optional<Sender>() : found->second;
}

Result<std::optional<Sender>> MemoryStore::sender_with_code(const Sha256& code) {
    const std::lock_guard lock(mutex_);
    for (const auto& [row, sender] : senders_) {
        if (sender.code == code) return std::optional(sender);
    }
    return std::optional<Sender>();
}

Result<void> MemoryStore::put_sender(const Sender& sender, const Event& event) {
    const std::lock_guard lock(mutex_);
    if (!organisations_.contains(sender.org)) return outcomes::no_organisation(sender.org);
    const auto found = find_sender(sender.org, sender.address);
    if (found != senders_.end()) {
        found->second = sender;
    } else {
        senders_.emplace(++last_sender_, sender);
    }
    add_event(event, event.org);
    return {};
}

Result<void> MemoryStore::remove_sender(std::string_view org, std::string_view address, const Event& event) {
    const std::lock_guard lock(mutex_);
    const auto found = find_sender(org, address);
    if (found == senders_.end()) return outcomes::no_sender(org, address);
    senders_.erase(found);
    add_event(event, event.org);
    return {};
}

}  // namespace custdkim
