// What is typed after `diagnose` and `lookup`: understood, or refused with a sentence about it.
#include "cli/view_options.hpp"

#include <catch2/catch.hpp>

namespace custdkim::test {

namespace {

std::string refusal(const cli::ViewOptions& options) {
    const auto config = cli::read_view(options);
    return config ? "" : config.error().detail;
}

}  // namespace

TEST_CASE("Without options the view is the configuration's default") {
    const auto config = cli::read_view({});
    REQUIRE(config.has_value());
    CHECK(config->resolvers.empty());
    CHECK(config->root_hints.empty());
    CHECK(config->deadline == Duration(8));
    CHECK(config->port == 53);
}

TEST_CASE("Options become what the configuration would say") {
    cli::ViewOptions options;
    options.resolvers = {"9.9.9.9", "[::1]:5300"};
    options.allow = {"127.0.0.0/8"};
    options.root_hints = "root.hints";
    options.deadline = "3s";
    options.port = 5353;
    const auto config = cli::read_view(options).value();
    CHECK(config.resolvers == std::vector<dns::ServerAddress>{{"9.9.9.9", 53}, {"::1", 5300}});
    CHECK(config.allow == options.allow);
    CHECK(config.root_hints == "root.hints");
    CHECK(config.deadline == Duration(3));
    CHECK(config.port == 5353);
}

TEST_CASE("A bad option is refused by its name") {
    CHECK(refusal({{"dns.example"}, "", "", {}}).starts_with("--resolver: 'dns.example' is not an address"));
    CHECK(refusal({{}, "", "", {"10.0.0.0/99"}}).starts_with("--allow: "));
    CHECK(refusal({{}, "", "", {}, "90s"}) == "--deadline: '90s' must be from 1s to 60s");
    CHECK(refusal({{}, "", "", {}, "soon"}).starts_with("--deadline: "));
    CHECK(refusal({{}, "", "", {}, "8s", 0}).starts_with("--port: "));
    CHECK(refusal({{}, "", "", {}, "8s", 65536}).starts_with("--port: "));
}

TEST_CASE("What a terminal would obey is written out") {
    CHECK(cli::printable("plain; \"text\" \xC3\xBC") == "plain; \"text\" \xC3\xBC");
    CHECK(cli::printable("\x1B[2J\x07\x7F\n") == "\\027[2J\\007\\127\\010");
}

}  // namespace custdkim::test
