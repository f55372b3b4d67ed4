// Tables for people: columns as wide as they need to be, two spaces between them. Pure.
#pragma once

#include <string>
#include <vector>

namespace custdkim::cli {

using Rows = std::vector<std::vector<std::string>>;  // the first one has the headings; all are as long

std::string aligned(const Rows& rows);

}  // namespace custdkim::cli
