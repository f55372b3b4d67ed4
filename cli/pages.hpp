// Lists of the API, all of their pages.
#pragma once

#include <cstdint>
#include <string>

#include "cli/reply.hpp"

namespace custdkim::cli {

// The list `member` at `path`, which may have a query already: all its items, or so many at the most. The
// document has it as the API has one page: `next` says where there are more.
Reply ask_all(const ApiAccess& access, const std::string& path, const char* member,
              std::size_t most = SIZE_MAX);

}  // namespace custdkim::cli
