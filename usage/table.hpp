// Tables for people: columns as wide as they need to be, two spaces between them. On a terminal no line is
// wider than that: columns give way as their headings say, and what was cut has an ellipsis. What goes into a
// pipe is never cut. What stands in a cell came from anywhere: control characters are shown as question
// marks. Pure, but for print_table().
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "usage/terminal.hpp"

namespace custdkim::usage {

enum class Colour { none, good, warning, bad, faint };

// What a column does where the terminal is narrow.
enum class Give {
    end,     // it loses the end
    middle,  // it loses the middle: names, of which both ends say something
    first,   // likewise, before any other column
    never,   // what verbs are given: it is of no use in part
    time,    // times lose seconds, then the time of day
};

struct Cell {
    Cell(std::string content, Colour shade = Colour::none) : text(std::move(content)), colour(shade) {}
    Cell(const char* content, Give way = Give::end) : text(content), give(way) {}

    std::string text;
    Colour colour = Colour::none;
    Give give = Give::end;  // of headings only
};

using Rows = std::vector<std::vector<Cell>>;  // the first one has the headings; all are as long

// Where a terminal is too narrow for all columns, the last ones go; the heading then ends in an ellipsis.
std::string aligned(Rows rows, const Surface& surface = {});

// `text` in this colour, where there are colours.
std::string coloured(const std::string& text, Colour colour, const Surface& surface);

void print_table(const Rows& rows);

}  // namespace custdkim::usage
