// What may stand for a value on the command line, for completion. Names of domains and zones are asked of the
// running service, quickly or not at all.
#pragma once

#include "usage/completion.hpp"

namespace custdkim::cli {

usage::Candidates values_of(std::string_view name, const usage::Words& words);

}  // namespace custdkim::cli
