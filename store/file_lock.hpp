// One daemon for each store: an advisory lock on FILE.lock, held as long as this lives. The kernel lets go of
// it when the process ends, however it ends.
#pragma once

#include <filesystem>

#include "base/descriptor.hpp"
#include "base/result.hpp"

namespace custdkim {

// `busy`, with the holder's process id, if somebody has it.
Result<Descriptor> lock_file(const std::filesystem::path& file);

}  // namespace custdkim
