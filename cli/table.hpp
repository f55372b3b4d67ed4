// Tables for people: columns as wide as they need to be, two spaces between them. On a terminal no line is
// wider than that: what does not fit ends in an ellipsis. What stands in a cell came from anywhere: control
// characters are shown as question marks. Pure, but for print_table().
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace custdkim::cli {

enum class Colour { none, good, warning, bad, faint };

struct Cell {
    Cell(std::string content, Colour shade = Colour::none) : text(std::move(content)), colour(shade) {}
    Cell(const char* content) : text(content) {}

    std::string text;
    Colour colour = Colour::none;
};

using Rows = std::vector<std::vector<Cell>>;  // the first one has the headings; all are as long

// What the table is for: a pipe, unless said otherwise.
struct Surface {
    std::optional<std::size_t> width;  // in characters
    bool has_colour = false;
};

std::string aligned(const Rows& rows, const Surface& surface = {});

// `text` in this colour, where there are colours.
std::string coloured(const std::string& text, Colour colour, const Surface& surface);

// Standard output, as it is.
Surface standard_output();

void print_table(const Rows& rows);

}  // namespace custdkim::cli
