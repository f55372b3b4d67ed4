#include "cli/table.hpp"

#include <algorithm>
#include <iostream>
#include <numeric>

#include "cli/terminal.hpp"

namespace custdkim::cli {

namespace {

constexpr std::size_t gap = 2, narrowest = 8;
constexpr std::string_view ellipsis = "…", reset = "\033[0m";

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

// At most so many characters; the last one of what was cut is an ellipsis.
std::string cut(const std::string& text, std::size_t width) {
    if (width_of(text) <= width) return text;
    std::size_t end = 0;
    for (std::size_t characters = 0; end < text.size(); ++end) {
        if (!continues(text[end]) && ++characters == width) break;
    }
    return text.substr(0, end) + std::string(ellipsis);
}

std::vector<std::size_t> needed(const Rows& rows) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i].text));
    }
    return widths;
}

// The widest column gives way first, and none becomes unreadable.
void fit(std::vector<std::size_t>& widths, std::size_t whole) {
    const std::size_t gaps = gap * (widths.size() - 1);
    while (std::accumulate(widths.begin(), widths.end(), gaps) > whole) {
        auto& widest = *std::max_element(widths.begin(), widths.end());
        if (widest <= narrowest) return;
        --widest;
    }
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
    if (!surface.has_colour || colour == Colour::none) return text;
    return std::string(code_of(colour)) + text + std::string(reset);
}

std::string aligned(const Rows& rows, const Surface& surface) {
    auto widths = needed(rows);
    if (surface.width) fit(widths, *surface.width);
    std::string out;
    for (const auto& row : rows) {
        const bool is_heading = &row == &rows.front();
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string text = cut(shown(row[i].text), widths[i]);
            out += coloured(text, is_heading ? Colour::faint : row[i].colour, surface);
            if (i + 1 < row.size()) out.append(widths[i] - width_of(text) + gap, ' ');
        }
        out += '\n';
    }
    return out;
}

Surface standard_output() { return {output_width(), output_has_colour()}; }

void print_table(const Rows& rows) { std::cout << aligned(rows, standard_output()) << std::flush; }

}  // namespace custdkim::cli
