// Opens the store that a URL names: "memory:", "sqlite:/path/to/file.db".
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "store/daemon_store.hpp"

namespace custdkim {

Result<std::unique_ptr<DaemonStore>> open_store(std::string_view url);

// The file of a store that is one.
std::optional<std::filesystem::path> store_file(std::string_view url);

// The part of the check that needs no file: is the URL one that open_store() knows?
Result<void> check_store_url(std::string_view url);

}  // namespace custdkim
