#include "usage/table.hpp"

#include <algorithm>
#include <iostream>
#include <numeric>
#include <string_view>

namespace custdkim::usage {

namespace {

constexpr std::size_t gap = 2, comfortable = 16, narrowest = 8;
constexpr std::string_view ellipsis = "…", reset = "\033[0m";

using Widths = std::vector<std::size_t>;

bool continues(char octet) {
    return (static_cast<unsigned char>(octet) & 0xc0) == 0x80;
}  // a character, in UTF-8

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string shown(std::string text) {
    for (char& character : text) {
        const auto octet = static_cast<unsigned char>(character);
        if (octet < 0x20 || octet == 0x7f) character = '?';
    }
    return text;
}

// Where so many characters end.
std::size_t octets_of(const std::string& text, std::size_t characters) {
    std::size_t end = 0;
    for (std::size_t begun = 0; end < text.size(); ++end) {
        if (!continues(text[end]) && ++begun > characters) break;
    }
    return end;
}

// At most so many characters; one of them is an ellipsis if something was cut.
std::string cut(const std::string& text, std::size_t width, Give give) {
    const std::size_t whole = width_of(text);
    if (whole <= width) return text;
    const std::size_t kept = width - 1, behind = give == Give::middle ? kept / 2 : 0;
    return text.substr(0, octets_of(text, kept - behind)) + std::string(ellipsis) +
           text.substr(octets_of(text, whole - behind));
}

bool has_form(std::string_view text, std::string_view form) {
    return std::equal(text.begin(), text.end(), form.begin(), form.end(),
                      [](char c, char d) { return d == 'd' ? c >= '0' && c <= '9' : c == d; });
}

// "2026-11-23T12:45:07Z", as all of our times are, or without the seconds.
bool is_time(std::string_view text) {
    return has_form(text, "dddd-dd-ddTdd:dd:ddZ") || has_form(text, "dddd-dd-ddTdd:ddZ");
}

enum class Detail { minutes, days };

void shorten_times(Rows& rows, Detail detail) {
    for (auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            std::string& text = row[i].text;
            if (rows.front()[i].give != Give::time || !is_time(text)) continue;
            text = detail == Detail::minutes ? text.substr(0, 16) + "Z" : text.substr(0, 10);
        }
    }
}

Widths needed(const Rows& rows) {
    Widths widths(rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i].text));
    }
    return widths;
}

std::size_t whole_width(const Widths& widths) {
    return std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
}

bool is_any_text(Give give) { return give == Give::end || give == Give::middle || give == Give::first; }

// The widest column that may be cut gives way first. False where that does not do.
bool shrink(Widths& widths, const Rows& rows, std::size_t room, std::size_t least,
            bool (*may)(Give) = is_any_text) {
    while (whole_width(widths) > room) {
        std::size_t* widest = nullptr;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            if (may(rows.front()[i].give) && (!widest || widths[i] > *widest)) widest = &widths[i];
        }
        if (!widest || *widest <= least) return false;
        --*widest;
    }
    return true;
}

// From what nobody misses to what hurts.
bool fit(Rows& rows, Widths& widths, std::size_t room) {
    widths = needed(rows);
    if (whole_width(widths) <= room) return true;
    const auto with_times = [&](Detail detail, std::size_t least) {
        shorten_times(rows, detail);
        widths = needed(rows);
        return shrink(widths, rows, room, narrowest, [](Give give) { return give == Give::first; }) ||
               shrink(widths, rows, room, least);
    };
    return with_times(Detail::minutes, comfortable) || with_times(Detail::days, narrowest);
}

// Two, or up to the last that nobody can do without.
std::size_t fewest_columns(const Rows& rows) {
    const auto& headings = rows.front();
    const auto last = std::find_if(headings.rbegin(), headings.rend(),
                                   [](const Cell& heading) { return heading.give == Give::never; });
    return std::max(std::min<std::size_t>(2, headings.size()),
                    static_cast<std::size_t>(headings.rend() - last));
}

Rows without_last(Rows rows, std::size_t count) {
    for (auto& row : rows) {
        const bool is_heading = &row == &rows.front();
        row.erase(row.end() - static_cast<std::ptrdiff_t>(count), row.end());
        if (count > 0) row.emplace_back(is_heading ? "…" : "", Give::never);
    }
    return rows;
}

Widths fit_columns(Rows& rows, std::size_t room) {
    const std::size_t dispensable = rows.front().size() - fewest_columns(rows);
    const Rows all = std::move(rows);
    Widths widths;
    for (std::size_t gone = 0; gone <= dispensable; ++gone) {
        rows = without_last(all, gone);
        if (fit(rows, widths, room)) break;
    }
    return widths;
}

std::string_view code_of(Colour colour) {
    switch (colour) {
        case Colour::none: return "";
        case Colour::good: return "\033[32m";
        case Colour::warning: return "\033[33m";
        case Colour::bad: return "\033[31m";
        case Colour::faint: return "\033[2m";
    }
    return "";
}

}  // namespace

std::string coloured(const std::string& text, Colour colour, const Surface& surface) {
    if (!surface.has_colour || colour == Colour::none || text.empty()) return text;
    return std::string(code_of(colour)) + text + std::string(reset);
}

std::string aligned(Rows rows, const Surface& surface) {
    const Widths widths = surface.width ? fit_columns(rows, *surface.width) : needed(rows);
    std::string out;
    for (const auto& row : rows) {
        const bool is_heading = &row == &rows.front();
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string text = cut(shown(row[i].text), widths[i], rows.front()[i].give);
            out += coloured(text, is_heading ? Colour::faint : row[i].colour, surface);
            if (i + 1 < row.size()) out.append(widths[i] - width_of(text) + gap, ' ');
        }
        out.erase(out.find_last_not_of(' ') + 1);
        out += '\n';
    }
    return out;
}

void print_table(const Rows& rows) { std::cout << aligned(rows, standard_output()) << std::flush; }

}  // namespace custdkim::usage
