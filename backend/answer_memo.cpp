#include "backend/answer_memo.hpp"

#include <algorithm>

namespace custdkim::backend {

namespace {

constexpr std::size_t longest_request = 1024, longest_reply = 4096;

}  // namespace

const std::string* AnswerMemo::find(std::string_view request, std::uint64_t generation) {
    for (Entry& entry : entries_) {
        if (entry.used != 0 && entry.request == request && entry.generation == generation) {
            entry.used = ++uses_;
            return &entry.reply;
        }
    }
    return nullptr;
}

void AnswerMemo::keep(std::string_view request, std::string_view reply, std::uint64_t generation) {
    if (request.empty() || request.size() > longest_request || reply.size() > longest_reply) return;
    Entry& oldest = *std::min_element(entries_.begin(), entries_.end(),
                                      [](const Entry& a, const Entry& b) { return a.used < b.used; });
    oldest.request = request;
    oldest.reply = reply;
    oldest.generation = generation;
    oldest.used = ++uses_;
}

}  // namespace custdkim::backend
