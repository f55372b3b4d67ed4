#include "dns/zone_lexer.hpp"

#include <algorithm>

namespace custdkim::dns {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

bool ends_word(char c) { return is_blank(c) || c == '\n' || c == ';' || c == '(' || c == ')'; }

}  // namespace

void ZoneLexer::skip_comment() { at_ = std::min(text_.find('\n', at_), text_.size()); }

Result<std::string_view> ZoneLexer::take_word() {
    const std::size_t begin = at_;
    bool quoted = false;
    for (; at_ < text_.size() && (quoted || !ends_word(text_[at_])); ++at_) {
        const char c = text_[at_];
        if (c == '\0') return invalid("a NUL character");
        if (c == '\n') break;
        if (c == '"') quoted = !quoted;
        // What is escaped ends nothing. A line's end cannot be escaped.
        if (c == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n' && text_[at_ + 1] != '\0') ++at_;
    }
    if (quoted) return invalid("a quote is not closed");
    return text_.substr(begin, at_ - begin);
}

Result<std::optional<ZoneEntryWords>> ZoneLexer::next() {
    ZoneEntryWords entry;
    int opened_in = 0;
    unsigned depth = 0;
    for (bool is_fresh = true; at_ < text_.size(); is_fresh = false) {
        const char c = text_[at_];
        if (is_fresh) entry.is_indented = is_blank(c);
        if (c == '\n') {
            ++at_;
            ++line_;
            if (depth > 0) continue;
            if (!entry.words.empty()) return std::optional(std::move(entry));
            entry.is_indented = at_ < text_.size() && is_blank(text_[at_]);
        } else if (is_blank(c)) {
            ++at_;
        } else if (c == ';') {
            skip_comment();
        } else if (c == '(') {
            ++at_;
            if (depth++ == 0) opened_in = line_;
        } else if (c == ')') {
            ++at_;
            if (depth-- == 0) return invalid("a parenthesis closes nothing");
        } else {
            if (entry.words.empty()) entry.line = line_;
            const auto word = take_word();
            if (!word) return word.error();
            entry.words.push_back(*word);
        }
    }
    if (depth > 0) {
        line_ = opened_in;
        return invalid("a parenthesis is not closed");
    }
    if (entry.words.empty()) return std::optional<ZoneEntryWords>();
    return std::optional(std::move(entry));
}

}  // namespace custdkim::dns
