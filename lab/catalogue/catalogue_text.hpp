// The catalogue for people and programs: a table, the page docs/misconfigurations.md, and one JSON document
// with everything. Pure functions.
#pragma once

#include "lab/catalogue/catalogue.hpp"
#include "usage/table.hpp"

namespace custdkim::lab {

usage::Rows list_rows(const Catalogue& catalogue);  // id, group, title, flavours
std::string list_markdown(const Catalogue& catalogue);
std::string list_json(const Catalogue& catalogue);
std::string to_json(const Misconfiguration& misconfiguration);  // one of its elements

}  // namespace custdkim::lab
