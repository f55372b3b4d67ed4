// `custdkim zone ...`: what each verb asks of the API and how it shows the answer.
#pragma once

#include <filesystem>
#include <string>

#include "cli/api_client.hpp"

namespace custdkim::cli {

struct ZoneOptions {
    ApiAccess access;
    bool json = false;
    std::string zone;
    std::filesystem::path output;  // empty: standard output
};

// Each returns the exit code.
int list_zones(const ZoneOptions& options);
int reload_zones(const ZoneOptions& options);
int export_zone(const ZoneOptions& options);  // in cli/zone_export.cpp

}  // namespace custdkim::cli
