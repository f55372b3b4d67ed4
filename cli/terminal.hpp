// What a terminal is told that a pipe is not: widths, colours, progress.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace custdkim::cli {

// How wide standard output is, if it is a terminal.
std::optional<std::size_t> output_width();

// Standard output is a terminal that has colours, and nobody has said NO_COLOR (https://no-color.org).
bool output_has_colour();

// One line on standard error that is written over and over; nothing where that is no terminal. Not
// thread-safe.
class Progress {
  public:
    Progress();
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void show(std::string_view text);
    void clear();

  private:
    const bool is_shown_;
    std::string shown_;
};

// "12.4 MB".
std::string size_text(std::uint64_t octets);

}  // namespace custdkim::cli
