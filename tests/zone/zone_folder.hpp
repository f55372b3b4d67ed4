// Zone files in a directory that goes with the test, and static zones opened from them.
#pragma once

#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "sample_zone.hpp"
#include "support/temporary_directory.hpp"
#include "zone/zones.hpp"

namespace custdkim::test {

class ZoneFolder : public TemporaryDirectory {
  public:
    std::filesystem::path write(std::string_view text, std::string_view file = "example.net.zone") const {
        const auto at = path() / file;
        std::filesystem::create_directories(at.parent_path());
        std::ofstream(at, std::ios::binary | std::ios::trunc) << text;
        return at;
    }
    std::unique_ptr<StaticZone> open(std::string_view text) const {
        return StaticZone::open(name("example.net"), write(text), 9).value();
    }
};

// A zone file of example.net with these records beside SOA and NS.
inline std::string zone_file(std::string_view records, Serial serial = 1) {
    return "$TTL 300\n@ SOA ns1 hostmaster " + std::to_string(serial) + " 3600 900 1209600 60\n@ NS ns1\n" +
           std::string(records);
}

}  // namespace custdkim::test
