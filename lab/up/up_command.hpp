// `custdkim-lab up`: starts the lab, says what to try first, and stays until it is told to end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "lab/up/state_directory.hpp"

namespace custdkim::lab {

struct UpOptions {
    std::filesystem::path state = usual_state_directory();
    std::string listen = "127.0.0.1";
    bool allow_any_address = false;
    std::uint16_t dns = 5300, http = 8053;
    std::string clock = "frozen";  // or "system", "accelerated", "accelerated:RATE"
    std::string store = "memory";  // or "file"
};

// The exit code.
int up_command(const UpOptions& options);

}  // namespace custdkim::lab
