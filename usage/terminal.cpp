#include "usage/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace custdkim::usage {

namespace {

std::optional<std::size_t> output_width() {
    winsize size{};
    if (::isatty(STDOUT_FILENO) == 0 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
        return std::nullopt;
    }
    return size.ws_col;
}

bool output_has_colour() {
    const char* const kind = std::getenv("TERM");
    const char* const forbidden = std::getenv("NO_COLOR");
    if (forbidden && *forbidden != '\0') return false;
    return ::isatty(STDOUT_FILENO) != 0 && kind && std::string_view(kind) != "dumb";
}

}  // namespace

Surface standard_output() { return {output_width(), output_has_colour()}; }

}  // namespace custdkim::usage
