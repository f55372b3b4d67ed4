// Standard output, which is a terminal or is not.
#pragma once

#include <cstddef>
#include <optional>

namespace custdkim::usage {

// What something is printed for: a pipe, unless said otherwise.
struct Surface {
    std::optional<std::size_t> width;  // in characters
    bool has_colour = false;           // and nobody has said NO_COLOR (https://no-color.org)
};

// Standard output, as it is.
Surface standard_output();

}  // namespace custdkim::usage
