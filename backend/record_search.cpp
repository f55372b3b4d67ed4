#include "backend/record_search.hpp"

#include "base/ascii.hpp"

namespace custdkim::backend {

// Only the last asterisk is ever tried again: what an earlier one could take, it can take too.
bool matches(std::string_view text, std::string_view pattern) {
    std::size_t at = 0, in = 0;
    std::size_t behind_asterisk = std::string_view::npos, taken = 0;
    while (at < text.size()) {
        if (in < pattern.size() && pattern[in] == '*') {
            behind_asterisk = ++in;
            taken = at;
        } else if (in < pattern.size() && (pattern[in] == '?' || pattern[in] == to_lower(text[at]))) {
            ++in;
            ++at;
        } else if (behind_asterisk != std::string_view::npos) {
            in = behind_asterisk;
            at = ++taken;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', in) == std::string_view::npos;
}

RecordSearch::RecordSearch(Reply& reply, std::string_view pattern, std::uint64_t most)
    : records_(reply, 0), pattern_(to_lower(std::string(pattern))), left_(most) {}

void RecordSearch::add(const RecordView& record) {
    if (left_ == 0 || record.type.empty()) return;
    if (!matches(record.owner, pattern_) && !matches(record.content, pattern_)) return;
    records_.add(record);
    --left_;
}

}  // namespace custdkim::backend
