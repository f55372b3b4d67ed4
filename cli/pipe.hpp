// `custdkim pipe`: the program that PowerDNS's pipe connector starts. It needs a running service.
#pragma once

#include <filesystem>
#include <string>

namespace custdkim::cli {

struct PipeOptions {
    std::filesystem::path socket;  // "": as the configuration says
    std::filesystem::path config;  // "": the default socket
    long patience_milliseconds = 1500;
};

// Returns when standard input ends.
int pipe(const PipeOptions& options);

}  // namespace custdkim::cli
