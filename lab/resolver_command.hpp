// `custdkim-lab resolver`: the test resolver and the fake internet alone, beside a real service and a real
// PowerDNS. Serves until SIGTERM or SIGINT. Returns the exit code.
#pragma once

#include <filesystem>

namespace custdkim::lab {

int resolver_command(const std::filesystem::path& config_file);

}  // namespace custdkim::lab
