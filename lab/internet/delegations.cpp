#include "lab/internet/delegations.hpp"

namespace custdkim::lab {

void Delegations::put(Delegation delegation) {
    const WireName zone = delegation.zone;
    sorted_[sort_key(zone)] = zone;
    by_name_.insert_or_assign(zone, std::move(delegation));
}

void Delegations::remove(const WireName& zone) {
    sorted_.erase(sort_key(zone));
    by_name_.erase(zone);
}

const Delegation* Delegations::between(std::string_view zone, std::string_view name) const {
    const Suffixes suffixes(name);
    for (std::size_t labels = Suffixes(zone).labels() + 1; labels <= suffixes.labels(); ++labels) {
        const auto found = by_name_.find(suffixes.of(labels));
        if (found != by_name_.end()) return &found->second;
    }
    return nullptr;
}

bool Delegations::any_at_or_above(std::string_view name) const {
    return between(std::string_view("\0", 1), name) != nullptr;
}

bool Delegations::any_at_or_below(std::string_view name) const {
    const std::string key = sort_key(name);
    const auto first = sorted_.lower_bound(key);
    return first != sorted_.end() && first->first.starts_with(key);
}

std::vector<Delegation> Delegations::directly_below(std::string_view zone) const {
    const std::string key = sort_key(zone);
    std::vector<Delegation> found;
    std::string last;  // what is below the last one found begins with this
    for (auto next = sorted_.upper_bound(key); next != sorted_.end() && next->first.starts_with(key);
         ++next) {
        if (!last.empty() && next->first.starts_with(last)) continue;
        last = next->first;
        found.push_back(by_name_.at(next->second));
    }
    return found;
}

}  // namespace custdkim::lab
