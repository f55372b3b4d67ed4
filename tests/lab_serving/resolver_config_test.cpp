#include "lab/serving/resolver_config.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "lab/serving/resolver_options.hpp"
#include "tests/support/source_dir.hpp"

namespace custdkim::lab {

namespace {

constexpr std::string_view sample = R"(
[resolver]
listen = ["127.0.0.1:5300", "[::1]:5300"]
upstream = "192.0.2.53"

[authority]
enabled = true
network = "127.77.0.0"
port = 5353
customer_servers = 200
only_infrastructure = true

[[key_zone]]
name = "custdkim.example.net"
server = "127.0.0.1:5301"

[service]
api = "http://127.0.0.1:8080"
token_file = "token"

[control]
listen = "127.0.0.1:8054"
token_file = "lab-token"

[clock]
kind = "accelerated"
start = 2026-01-01T00:00:00Z
rate = 86400

[catalogue]
folder = "misconfigurations"
)";

// The sample with one line replaced.
std::string with(const std::string& line, const std::string& instead) {
    std::string text(sample);
    const std::size_t at = text.find(line);
    REQUIRE(at != std::string::npos);
    return text.replace(at, line.size(), instead);
}

std::vector<std::string> problems(const std::string& text) {
    return read_resolver_config_text(text, "/etc/lab.toml").problems;
}

}  // namespace

TEST_CASE("The resolver's configuration is read as it is written") {
    const auto outcome = read_resolver_config_text(sample, "/etc/lab.toml");
    CHECK(outcome.problems.empty());
    REQUIRE(outcome.config);
    const ResolverConfig& config = *outcome.config;
    CHECK(config.listen == std::vector<dns::ServerAddress>{{"127.0.0.1", 5300}, {"::1", 5300}});
    CHECK(config.upstream == dns::ServerAddress{"192.0.2.53", 53});
    CHECK(config.has_authority);
    CHECK(config.network == "127.77.0.0");
    CHECK(config.authority_port == 5353);
    CHECK(config.customer_servers == 200);
    CHECK(config.only_infrastructure);
    REQUIRE(config.key_zones.size() == 1);
    CHECK(config.key_zones[0].name.text() == "custdkim.example.net");
    CHECK(config.key_zones[0].server == dns::ServerAddress{"127.0.0.1", 5301});
    CHECK(config.service_api == "http://127.0.0.1:8080");
    CHECK(config.service_token_file == "/etc/token");
    CHECK(config.control == dns::ServerAddress{"127.0.0.1", 8054});
    CHECK(config.control_token_file == "/etc/lab-token");
    CHECK(config.clock == ClockKind::accelerated);
    CHECK(config.start == Timestamp(std::chrono::seconds(1767225600)));
    CHECK(config.rate == 86400);
    CHECK(config.catalogue == "/etc/misconfigurations");
    CHECK_FALSE(config.allow_any_address);
}

TEST_CASE("The control API listens beyond loopback where that is allowed") {
    const auto outcome = read_resolver_config_text(
        with("listen = \"127.0.0.1:8054\"", "listen = \"192.0.2.1:8054\"\nallow_any_address = true"),
        "/etc/lab.toml");
    CHECK(outcome.problems.empty());
    REQUIRE(outcome.config);
    CHECK(outcome.config->control == dns::ServerAddress{"192.0.2.1", 8054});
}

TEST_CASE("The documented configuration is read, and shows every option") {
    const std::filesystem::path file = std::filesystem::path(source_dir()) / "docs/custdkim-lab.toml";
    CHECK(read_resolver_config(file).problems.empty());
    std::ifstream stream(file);
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    for (const ResolverOption& option : resolver_options()) {
        INFO(option.section << "." << option.name);
        const std::size_t section = text.find("[" + std::string(option.section) + "]");
        REQUIRE(section != std::string::npos);
        CHECK(text.find(std::string(option.name) + " = ", section) < text.find("\n[", section + 1));
    }
}

TEST_CASE("What is wrong in the resolver's configuration is named with its line") {
    const auto row = GENERATE(table<std::string, std::string, std::string>({
        {"upstream", "upstrem",
         "/etc/lab.toml:4: there is no option 'upstrem' in [resolver]; did you mean 'upstream'?"},
        {"[clock]", "[clok]", "there is no section [clok]; did you mean 'clock'?"},
        {"[::1]:5300", "[::1]:5301",
         "/etc/lab.toml:3: resolver.listen: must have the same port for all addresses"},
        {"\"127.77.0.0\"", "\"10.0.0.0\"", "authority.network: must be a network of loopback"},
        {"port = 5353", "port = 65536", "/etc/lab.toml:9: authority.port: must be a port"},
        {"servers = 200", "servers = 251", "authority.customer_servers: must be a number from 1 to 250"},
        {"enabled = true", "enabled = \"yes\"", "authority.enabled: must be true or false, without quotes"},
        {"[[key_zone]]", "[key_zone]", "key zones are written [[key_zone]], with two brackets"},
        {"name = \"custdkim.example.net\"", "", "this [[key_zone]] lacks 'name'"},
        {"name = \"custdkim.example.net\"", "name = \"a..b\"", "/etc/lab.toml:14: key_zone.name: "},
        {"api = \"http://127.0.0.1:8080\"", "", "[service] needs both 'api' and 'token_file'"},
        {"\"http://127.0.0.1:8080\"", "\"ftp://x\"", "service.api: must be a URL"},
        {"\"127.0.0.1:8054\"", "\"192.0.2.1:8054\"",
         "/etc/lab.toml:22: control.listen: must be a loopback address"},
        {"\"lab-token\"", "\"lab-token\"\nallow_any_address = 1",
         "control.allow_any_address: must be true or"},
        {"\"accelerated\"", "\"fast\"", "clock.kind: must be \"system\", \"frozen\" or \"accelerated\""},
        {"\"accelerated\"", "\"frozen\"", "[clock] rate is for kind = \"accelerated\" only"},
        {"2026-01-01T00:00:00Z", "2026-01-01", "clock.start: must be a time in UTC"},
        {"2026-01-01T00:00:00Z", "2026-01-01T00:00:00+01:00", "clock.start: must be a time in UTC"},
        {"rate = 86400", "rate = 0", "clock.rate: must be a number above 0"},
        {"token_file = \"lab-token\"", "", "'token_file' is missing in [control]"},
        {"rate = 86400", "rate = ", "/etc/lab.toml:28: "},
    }));
    const auto found = problems(with(std::get<0>(row), std::get<1>(row)));
    INFO(std::get<1>(row));
    REQUIRE(found.size() == 1);
    CHECK_THAT(found.front(), Catch::Contains(std::get<2>(row)));
}

TEST_CASE("A key zone that is there twice is refused") {
    const std::string twice = "[[key_zone]]\nname = \"a.example\"\nserver = \"127.0.0.1\"\n";
    const auto found = problems(with("[[key_zone]]", twice + twice + "[[key_zone]]"));
    REQUIRE(found.size() == 1);
    CHECK_THAT(found.front(), Catch::Contains("the key zone a.example is there twice"));
}

TEST_CASE("A configuration file that cannot be read is one problem") {
    CHECK(read_resolver_config("/nonexistent/lab.toml").problems.size() == 1);
    CHECK_THAT(read_resolver_config("/").problems.front(), Catch::Contains("is a directory"));
}

}  // namespace custdkim::lab
