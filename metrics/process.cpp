#include "metrics/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace custdkim::metrics {

namespace {

std::string text_of(const char* file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

double boot_time() {
    std::istringstream lines(text_of("/proc/stat"));
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("btime ")) return std::strtod(line.c_str() + 6, nullptr);
    }
    return 0;
}

std::uint64_t count_descriptors() {
    std::error_code error;
    const std::filesystem::directory_iterator all("/proc/self/fd", error), end;
    if (error) return 0;
    const auto count = std::distance(all, end);
    return count > 0 ? static_cast<std::uint64_t>(count - 1) : 0;  // without the one that we look through
}

}  // namespace

ProcessFigures read_process() {
    ProcessFigures figures;
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const std::string text = text_of("/proc/self/stat");
    // The name of the program, in parentheses, may have anything in it.
    std::istringstream fields(text.substr(std::min(text.rfind(')') + 2, text.size())));
    std::vector<std::string> field(std::istream_iterator<std::string>(fields), {});
    constexpr std::size_t user = 11, system = 12, threads = 17, start = 19, virtual_size = 20, resident = 21;
    if (field.size() <= resident) return figures;
    figures.cpu_seconds = static_cast<double>(std::stoull(field[user]) + std::stoull(field[system])) / ticks;
    figures.started = boot_time() + static_cast<double>(std::stoull(field[start])) / ticks;
    figures.threads = std::stoull(field[threads]);
    figures.virtual_octets = std::stoull(field[virtual_size]);
    figures.resident_octets =
        std::stoull(field[resident]) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    figures.open_descriptors = count_descriptors();
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) figures.most_descriptors = limit.rlim_cur;
    return figures;
}

}  // namespace custdkim::metrics
