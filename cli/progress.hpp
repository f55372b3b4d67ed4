// Progress, which a terminal is told and a pipe is not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace custdkim::cli {

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
