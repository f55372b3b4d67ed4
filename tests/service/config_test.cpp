// The shape of the configuration: sections, options, zones, and how every problem is told with its place.
#include <algorithm>
#include <fstream>
#include <random>

#include <catch2/catch.hpp>

#include "sample_config.hpp"
#include "tests/support/temporary_directory.hpp"

namespace custdkim::test {

namespace {

ConfigOutcome read_file_with(const std::string& text) {
    const TemporaryDirectory directory;
    const auto file = directory / "custdkim.toml";
    std::ofstream(file, std::ios::binary) << text;
    return read_config(file);
}

}  // namespace

TEST_CASE("The least configuration names one zone; all else has a default") {
    const Config config = config_with("");
    REQUIRE(config.zones.size() == 1);
    CHECK(config.zones[0].name.text() == "custdkim.example.net");
    CHECK(config.zones[0].nameservers.size() == 1);
    CHECK(config.zones[0].hostmaster.text() == "hostmaster.example.net");
    CHECK(config.zones[0].ttl == std::chrono::minutes(5));
    CHECK(config.zones[0].negative_ttl == std::chrono::minutes(5));
    CHECK(config.backend.unix_socket == "/run/custdkim/pdns.sock");
    CHECK(config.store.url == "sqlite:/var/lib/custdkim/custdkim.db");
    CHECK(config.rotation.retention == std::chrono::days(25));
}

TEST_CASE("An unknown option is named with its line and the nearest option") {
    CHECK(problem_with("tll = \"5m\"\n") ==
          "/etc/custdkim/c.toml:5: there is no option 'tll' in [zone]; did you mean 'ttl'?");
    CHECK(
        problem_with("[keys]\n\nmaster_key = \"x\"\n") ==
        "/etc/custdkim/c.toml:7: there is no option 'master_key' in [keys]; did you mean 'master_key_file'?");
}

TEST_CASE("An unknown option that resembles nothing gets no suggestion") {
    CHECK(problem_with("[log]\nqqqqqqqqqqqq = 1\n") ==
          "/etc/custdkim/c.toml:6: there is no option 'qqqqqqqqqqqq' in [log]");
}

TEST_CASE("An option is known in its own section only") {
    CHECK(problem_with("[api]\nurl = \"memory:\"\n").find("c.toml:6: there is no option 'url' in [api]") !=
          std::string::npos);
}

TEST_CASE("An unknown section is named with its line and the nearest section") {
    CHECK(problem_with("[bakend]\nunix = \"x\"\n") ==
          "/etc/custdkim/c.toml:5: there is no section [bakend]; did you mean 'backend'?");
}

TEST_CASE("An option outside all sections is told so") {
    const auto problems = problems_in("ttl = \"5m\"\n" + minimal_config);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].find("c.toml:1: there is no section [ttl]") != std::string::npos);
}

TEST_CASE("A section must be a section") {
    const auto problems = problems_in("log = \"debug\"\n" + minimal_config);
    CHECK(problems == std::vector<std::string>{"/etc/custdkim/c.toml:1: 'log' must be a section: [log]"});
}

TEST_CASE("A configuration without a zone is refused") {
    CHECK(problems_in("") ==
          std::vector<std::string>{"/etc/custdkim/c.toml: there is no [[zone]]; without a key "
                                   "zone there is nothing to serve"});
}

TEST_CASE("A zone with one bracket is told to take two") {
    const std::string text =
        GENERATE("[zone]\nname = \"a.example\"\n", "zone = \"a.example\"\n", "zone = []\n", "zone = [1]\n");
    const auto problems = problems_in(text);
    REQUIRE_FALSE(problems.empty());
    CHECK(problems[0] == "/etc/custdkim/c.toml:1: key zones are written [[zone]], with two brackets");
}

TEST_CASE("What a zone lacks is named, with the line of the zone") {
    const auto problems = problems_in("\n\n[[zone]]\nttl = \"1m\"\n");
    for (const std::string_view name : {"name", "nameservers", "hostmaster"}) {
        const std::string wanted = "/etc/custdkim/c.toml:3: this [[zone]] lacks '" + std::string(name) + "'";
        CHECK(std::count(problems.begin(), problems.end(), wanted) == 1);
    }
}

TEST_CASE("A zone without name servers is refused by name") {
    const auto problems =
        problems_in("[[zone]]\nname = \"a.example\"\nnameservers = []\nhostmaster = \"h.example\"\n");
    CHECK(problems == std::vector<std::string>{
                          "/etc/custdkim/c.toml:3: zone.nameservers: must name at least one name server"});
}

TEST_CASE("The same zone twice is refused, whatever its letter case and dot") {
    CHECK(problem_with("[[zone]]\nname = \"CUSTDKIM.example.net.\"\nnameservers = [\"ns1.example.net\"]\n"
                       "hostmaster = \"h.example.net\"\n") ==
          "/etc/custdkim/c.toml: the zone custdkim.example.net is there twice");
}

TEST_CASE("Several zones keep their order, for the first is the default") {
    const Config config = config_with(
        "[[zone]]\nname = \"a.example\"\nnameservers = [\"ns1.example\"]\nhostmaster = \"h.example\"\n");
    REQUIRE(config.zones.size() == 2);
    CHECK(config.zones[0].name.text() == "custdkim.example.net");
    CHECK(config.zones[1].name.text() == "a.example");
}

TEST_CASE(
    "Any number of static zones stand beside the key zones; their files are relative to the configuration") {
    const Config config = config_with(
        "[[static_zone]]\nname = \"WWW.example.\"\nfile = \"www.zone\"\n"
        "[[static_zone]]\nname = \"b.example\"\nfile = \"/zones/b\"\n");
    REQUIRE(config.static_zones.size() == 2);
    CHECK(config.static_zones[0].name.text() == "www.example");
    CHECK(config.static_zones[0].file == "/etc/custdkim/www.zone");
    CHECK(config.static_zones[1].file == "/zones/b");
    CHECK(config_with("").static_zones.empty());
}

TEST_CASE("A static zone needs a name and a file, and may not be there twice, nor as a key zone") {
    CHECK(problem_with("[[static_zone]]\nfile = \"x\"\n") ==
          "/etc/custdkim/c.toml:5: this [[static_zone]] lacks 'name'");
    CHECK(problem_with("[[static_zone]]\nname = \"a.example\"\n") ==
          "/etc/custdkim/c.toml:5: this [[static_zone]] lacks 'file'");
    CHECK(problem_with("[[static_zone]]\nname = \"a.example\"\nfile = \"\"\n") ==
          "/etc/custdkim/c.toml:7: static_zone.file: must be the path of a zone file");
    CHECK(problem_with("[static_zone]\nname = \"a.example\"\nfile = \"x\"\n") ==
          "/etc/custdkim/c.toml:5: static zones are written [[static_zone]], with two brackets");
    CHECK(problem_with("[[static_zone]]\nname = \"Custdkim.example.net\"\nfile = \"x\"\n") ==
          "/etc/custdkim/c.toml: the zone custdkim.example.net is there as a key zone and as a static zone");
    CHECK(problem_with("[[static_zone]]\nname = \"a.example\"\nfile = \"x\"\n"
                       "[[static_zone]]\nname = \"A.example.\"\nfile = \"y\"\n") ==
          "/etc/custdkim/c.toml: the zone a.example is there twice");
    CHECK(problem_with("[[static_zone]]\nname = \"a.example\"\nfile = \"x\"\nttl = \"5m\"\n")
              .starts_with("/etc/custdkim/c.toml:8: there is no option 'ttl' in [static_zone]"));
}

TEST_CASE("A zone that leaves no room for selector and label is refused") {
    const std::string label(60, 'a');
    const std::string name = label + "." + label + "." + label + ".example";
    const auto problems = problems_in("[[zone]]\nname = \"" + name +
                                      "\"\nnameservers = [\"ns1.example\"]\nhostmaster = \"h.example\"\n");
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].find("is too long") != std::string::npos);
}

TEST_CASE("All problems are told at once") {
    const auto problems = problems_in(
        "[[zone]]\nname = \"a..example\"\nnameservers = [\"ns1.example\"]\nhostmaster = \"h.example\"\n"
        "tll = \"5m\"\n[log]\nlevel = \"loud\"\n[rotation]\nretention = \"soon\"\n");
    CHECK(problems.size() == 4);
    for (const std::string_view place :
         {":2: zone.name: ", ":5: there is no option 'tll'", ":7: log.level: ", ":9: rotation.retention: "}) {
        CHECK(std::any_of(problems.begin(), problems.end(), [&](const std::string& problem) {
            return problem.find(place) != std::string::npos;
        }));
    }
}

TEST_CASE("A syntax error is told with its line") {
    const std::string line = GENERATE("ttl = 5m\n", "ttl = \"5m\n", "[log\n", "= 3\n", "ttl \"5m\"\n");
    const std::string problem = problem_with(line);
    INFO(problem);
    CHECK(problem.starts_with("/etc/custdkim/c.toml:5: "));
    CHECK(problem.size() > 30);
}

TEST_CASE("The same option or section twice is a syntax error with its line") {
    CHECK(problem_with("name = \"b.example\"\n").starts_with("/etc/custdkim/c.toml:5: "));
    CHECK(problem_with("[log]\n[log]\n").starts_with("/etc/custdkim/c.toml:6: "));
}

TEST_CASE("Binary garbage is refused in one problem") {
    std::mt19937 engine(7);
    std::string garbage(4096, '\0');
    for (char& c : garbage) c = static_cast<char>(engine());
    CHECK(problems_in(garbage).size() == 1);
    CHECK(problems_in(std::string(64, '\0')).size() == 1);
    CHECK(problems_in("\xff\xfe[[zone]]").size() == 1);
}

TEST_CASE("A file is read like a text, with its own path in problems") {
    CHECK(read_file_with(minimal_config).config);
    const ConfigOutcome bad = read_file_with(minimal_config + "x = 1\n");
    REQUIRE(bad.problems.size() == 1);
    CHECK(bad.problems[0].find("/custdkim.toml:5: there is no option 'x'") != std::string::npos);
}

TEST_CASE("A file of more than 1 MiB is refused") {
    const std::string megabyte(1 << 20, '#');
    CHECK(read_file_with(minimal_config + std::string((1 << 20) - minimal_config.size(), '#')).config);
    const ConfigOutcome large = read_file_with(minimal_config + megabyte);
    REQUIRE(large.problems.size() == 1);
    CHECK(large.problems[0].find("is larger than 1 MiB") != std::string::npos);
}

TEST_CASE("A file that is not there, or is a directory, is told apart") {
    const TemporaryDirectory directory;
    const auto absent = read_config(directory / "absent.toml").problems;
    REQUIRE(absent.size() == 1);
    CHECK(absent[0].find("cannot be read; check --config") != std::string::npos);
    const auto folder = read_config(directory.path()).problems;
    REQUIRE(folder.size() == 1);
    CHECK(folder[0].find("is a directory; give the file") != std::string::npos);
}

TEST_CASE("Every option has a name of its own") {
    auto names = option_names();
    CHECK(names.size() > 20);
    std::sort(names.begin(), names.end());
    CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

}  // namespace custdkim::test
