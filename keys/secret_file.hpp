// Reads the one line of a file that holds a secret: the master key, the API's token.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string_view>

#include "base/result.hpp"
#include "keys/secret.hpp"

namespace custdkim {

// The line without white space at its end. `what` names the file in messages ("the master key file").
// Refuses what is no regular file, longer than 256 octets, or has any of the mode bits in `forbidden`.
Result<SecretBytes> read_secret_file(const std::filesystem::path& file, std::string_view what,
                                     mode_t forbidden);

// Text of a secret, to be looked at and not kept.
std::string_view text_of(const SecretBytes& secret);

}  // namespace custdkim
