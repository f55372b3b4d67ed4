// The file that holds the API's bearer token: one line, not readable by everybody.
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "keys/secret.hpp"

namespace custdkim {

Result<SecretBytes> read_token_file(const std::filesystem::path& file);

}  // namespace custdkim
