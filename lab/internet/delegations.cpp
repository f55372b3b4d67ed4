#include "lab/internet/delegations.hpp"

namespace custdkim::lab {

void Delegations::put(Delegation delegation) {
    sorted_.insert(sort_key(delegation.zone));
    const WireName zone = delegation.zone;
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

const Delegation* Delegations::nearest(std::string_view name) const {
    const Suffixes suffixes(name);
    for (std::size_t labels = suffixes.labels(); labels > 0; --labels) {
        const auto found = by_name_.find(suffixes.of(labels));
        if (found != by_name_.end()) return &found->second;
    }
    return nullptr;
}

bool Delegations::any_at_or_below(std::string_view name) const {
    const std::string key = sort_key(name);
    const auto first = sorted_.lower_bound(key);
    return first != sorted_.end() && first->starts_with(key);
}

}  // namespace custdkim::lab
