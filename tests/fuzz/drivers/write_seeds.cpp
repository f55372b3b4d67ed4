// write_seeds TARGET DIR: the inputs that libFuzzer begins with, one file each, in DIR.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

#include "tests/fuzz/targets.hpp"

using namespace custdkim::test;

int main(int argc, char** argv) {
    const std::map<std::string, std::vector<std::string> (*)()> seeds{{"message", message_seeds},
                                                                      {"name", name_seeds},
                                                                      {"request", request_seeds},
                                                                      {"zone_file", zone_file_seeds},
                                                                      {"http_path", http_path_seeds}};
    if (argc != 3 || !seeds.contains(argv[1])) {
        std::cerr << "usage: write_seeds message|name|request|zone_file|http_path DIR\n";
        return 2;
    }
    const std::filesystem::path directory = argv[2];
    std::filesystem::create_directories(directory);
    int number = 0;
    for (const std::string& seed : seeds.at(argv[1])()) {
        std::ofstream(directory / ("seed-" + std::to_string(number++)), std::ios::binary) << seed;
    }
}
