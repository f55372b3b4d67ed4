// `custdkim serve`.
#pragma once

#include <filesystem>

namespace custdkim::cli {

// Returns the exit code.
int serve(const std::filesystem::path& config_file);

}  // namespace custdkim::cli
