#include "lab/serving/query_log.hpp"

#include <algorithm>

namespace custdkim::lab {

namespace {

std::size_t size_of(const LoggedQuery& query) {
    return sizeof query + query.client.size() + query.face.size() + query.name.size();
}

bool fits(const LoggedQuery& query, const std::optional<WireName>& below) {
    if (!below) return true;
    return !query.name.empty() && is_at_or_below(fold_case(query.name), *below);
}

}  // namespace

void QueryLog::add(LoggedQuery query) {
    const std::lock_guard lock(mutex_);
    octets_ += size_of(query);
    queries_.push_back(std::move(query));
    while (queries_.size() > limits_.entries || octets_ > limits_.octets) {
        octets_ -= size_of(queries_.front());
        queries_.pop_front();
        ++forgotten_;
    }
}

std::vector<LoggedQuery> QueryLog::list(const Filter& filter) const {
    std::vector<LoggedQuery> found;
    {
        const std::lock_guard lock(mutex_);
        for (auto query = queries_.rbegin(); query != queries_.rend() && found.size() < filter.limit;
             ++query) {
            if (fits(*query, filter.below)) found.push_back(*query);
        }
    }
    std::reverse(found.begin(), found.end());
    return found;
}

std::size_t QueryLog::clear(const std::optional<WireName>& below) {
    const std::lock_guard lock(mutex_);
    const std::size_t before = queries_.size();
    std::erase_if(queries_, [&](const LoggedQuery& query) {
        const bool goes = fits(query, below);
        if (goes) octets_ -= size_of(query);
        return goes;
    });
    return before - queries_.size();
}

std::uint64_t QueryLog::forgotten() const {
    const std::lock_guard lock(mutex_);
    return forgotten_;
}

}  // namespace custdkim::lab
