// Lists of the API, all of their pages.
#pragma once

#include <string>

#include "cli/reply.hpp"

namespace custdkim::cli {

// All items of the list `member` at `path`, which may have a query already. The document is the array.
Reply ask_all(const ApiAccess& access, const std::string& path, const char* member);

}  // namespace custdkim::cli
