// `custdkim backup` and `custdkim restore`. A backup is taken over the API, from wherever that is reached,
// while the service goes on. To restore one there must be no service: that is done where its configuration
// is.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "cli/api_client.hpp"
#include "cli/config_commands.hpp"
#include "service/restore.hpp"

namespace custdkim::cli {

struct BackupOptions {
    ApiAccess access;
    bool json = false;
    std::filesystem::path target;  // a file that is not there yet, or a directory
};

struct RestoreOptions {
    std::filesystem::path backup;
    std::filesystem::path config = usual_config;
    std::optional<std::uint32_t> above;
    bool json = false;
};

// Each returns the exit code.
int backup(const BackupOptions& options);
int restore(const RestoreOptions& options);

// What was restored, and what is lost with the time since the backup was made. Pure.
std::string restoration_text(const Restoration& restoration);

}  // namespace custdkim::cli
