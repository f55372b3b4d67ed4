// The DNS providers that custdkim knows by name: activation/providers/*.toml, as they were when the program
// was built. Reading is strict: what is not known, or missing, is refused with file and line. Thread-safe.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "activation/provider.hpp"
#include "base/result.hpp"

namespace custdkim {

struct ProviderFile {
    std::string_view path, text;
};

std::span<const ProviderFile> provider_files();

// The Error tells all problems, a line for each: "FILE:LINE: sentence". With `causes`, hints are for these
// only.
Result<activation::Provider> read_provider(std::string_view text, const std::string& file,
                                           std::span<const std::string> causes = {});

// All of them; read once.
const std::vector<activation::Provider>& known_providers();

}  // namespace custdkim
