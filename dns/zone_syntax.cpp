#include "dns/zone_syntax.hpp"

#include <algorithm>

namespace custdkim::dns {

namespace {

std::string_view next_word(std::string_view& rest) {
    constexpr std::string_view space = " \t\r;";
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    const std::string_view word = rest.substr(0, rest.find_first_of(space));
    rest.remove_prefix(word.size());
    return word;
}

std::optional<std::string> fault_in_directive(std::string_view line) {
    const std::string directive(next_word(line));
    const std::string_view argument = next_word(line);
    if (directive == "$INCLUDE") return "$INCLUDE is not supported";
    if (directive == "$ORIGIN") {
        if (argument.ends_with('.')) return std::nullopt;
        return "$ORIGIN needs an absolute name, one with a dot at its end";
    }
    if (directive == "$TTL") {
        if (!argument.empty() && argument.front() >= '0' && argument.front() <= '9') return std::nullopt;
        return "$TTL needs a number";
    }
    return directive + " is not a directive; there are $ORIGIN and $TTL";
}

}  // namespace

std::optional<SyntaxFault> find_syntax_fault(std::string_view text) {
    int line = 1, opened_in = 0;
    unsigned depth = 0;
    bool quoted = false, comment = false, fresh = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\0') return SyntaxFault{line, "a NUL character"};
        if (fresh && c == '$' && depth == 0) {
            const auto fault = fault_in_directive(text.substr(i, text.find('\n', i) - i));
            if (fault) return SyntaxFault{line, *fault};
        }
        fresh = c == '\n';
        if (c == '\n') {
            if (quoted) return SyntaxFault{line, "a quote is not closed"};
            comment = false;
            ++line;
        } else if (comment) {
            continue;
        } else if (c == '\\') {
            if (i + 1 < text.size() && text[i + 1] != '\n') ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (quoted) {
            continue;
        } else if (c == ';') {
            comment = true;
        } else if (c == '(') {
            if (depth++ == 0) opened_in = line;
        } else if (c == ')') {
            if (depth-- == 0) return SyntaxFault{line, "a parenthesis closes nothing"};
        }
    }
    if (quoted) return SyntaxFault{line, "a quote is not closed"};
    if (depth > 0) return SyntaxFault{opened_in, "a parenthesis is not closed"};
    return std::nullopt;
}

int line_of_entry(std::string_view text, std::size_t offset) {
    for (;;) {
        offset = std::min(text.find_first_not_of(" \t\r\n", offset), text.size());
        if (offset == text.size() || text[offset] != ';') break;
        offset = std::min(text.find('\n', offset), text.size());
    }
    return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<long>(offset), '\n'));
}

}  // namespace custdkim::dns
