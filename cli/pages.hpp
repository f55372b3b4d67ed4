// Lists of the API, all of their pages.
#pragma once

#include <cstdint>
#include <string>

#include "cli/reply.hpp"

namespace custdkim::cli {

// The items of the list `member` at `path`, which may have a query already: all, or so many at the most. The
// document is the array.
Reply ask_all(const ApiAccess& access, const std::string& path, const char* member,
              std::size_t most = SIZE_MAX);

}  // namespace custdkim::cli
