// write_seeds DIR: the inputs that libFuzzer begins with, one file each, in DIR/message and DIR/name.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/fuzz/targets.hpp"

namespace {

void write(const std::filesystem::path& directory, const std::vector<std::string>& seeds) {
    std::filesystem::create_directories(directory);
    for (std::size_t i = 0; i < seeds.size(); ++i) {
        std::ofstream(directory / ("seed-" + std::to_string(i)), std::ios::binary) << seeds[i];
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: write_seeds DIR\n";
        return 2;
    }
    const std::filesystem::path directory = argv[1];
    write(directory / "message", custdkim::test::message_seeds());
    write(directory / "name", custdkim::test::name_seeds());
}
