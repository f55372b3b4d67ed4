// What may stand for a value on the command line of `custdkim-lab`, for completion.
#pragma once

#include "usage/completion.hpp"

namespace custdkim::lab {

usage::Candidates values_of(std::string_view name, const usage::Words& words);

}  // namespace custdkim::lab
