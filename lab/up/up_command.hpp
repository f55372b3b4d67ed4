// `custdkim-lab up`: starts the lab, says what to try first, and stays until it is told to end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace custdkim::lab {

struct UpOptions {
    std::filesystem::path state;
    std::string listen = "127.0.0.1";
    bool beyond_loopback = false;
    std::uint16_t dns = 5300, http = 8053;
    std::string clock = "frozen";  // or "system", "accelerated", "accelerated:RATE"
    std::string store = "memory";  // or "file"
};

// The exit code.
int up_command(const UpOptions& options);

}  // namespace custdkim::lab
