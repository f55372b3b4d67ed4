// docs/configuration.md and docs/custdkim.toml name every option, no other one, and the right defaults.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include <catch2/catch.hpp>

#include "service/config.hpp"
#include "tests/support/source_dir.hpp"

namespace custdkim::test {

namespace {

using Names = std::vector<std::string>;

const std::filesystem::path docs = std::filesystem::path(source_dir()) / "docs";

std::string text_of(const std::filesystem::path& file) {
    std::ifstream stream(file);
    REQUIRE(stream);
    return {std::istreambuf_iterator<char>(stream), {}};
}

// "section.name" of every line that `option` matches, below a line that `section` matches.
Names names_in(const std::string& text, const std::regex& section, const std::regex& option) {
    Names names;
    std::string current;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        std::smatch match;
        if (line.starts_with("## ")) current.clear();
        if (std::regex_search(line, match, section)) {
            current = match[1];
        } else if (!current.empty() && std::regex_search(line, match, option)) {
            names.push_back(current + "." + match[1].str());
        }
    }
    return names;
}

// Rows of the tables under headings like "## [api]".
Names names_in_page(const std::string& text) {
    return names_in(text, std::regex(R"(^## \[+([a-z_]+)\]+$)"), std::regex(R"(^\| `([a-z_]+)` \|)"));
}

// Assignments, those that are commented out too.
Names names_in_example(const std::string& text) {
    return names_in(text, std::regex(R"(^(?:# )?\[+([a-z_]+)\]+$)"), std::regex(R"(^(?:# )?([a-z_]+) = )"));
}

Names missing(const Names& wanted, const Names& there) {
    Names lost;
    std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(lost), [&](const std::string& name) {
        return std::find(there.begin(), there.end(), name) == there.end();
    });
    return lost;
}

}  // namespace

TEST_CASE("docs/configuration.md explains every option, and no other") {
    const Names documented = names_in_page(text_of(docs / "configuration.md"));
    CHECK(missing(option_names(), documented) == Names());
    CHECK(missing(documented, option_names()) == Names());
    CHECK(documented.size() == option_names().size());
}

TEST_CASE("docs/custdkim.toml shows every option, and no other") {
    const Names shown = names_in_example(text_of(docs / "custdkim.toml"));
    CHECK(missing(option_names(), shown) == Names());
    CHECK(missing(shown, option_names()) == Names());
    CHECK(shown.size() == option_names().size());
}

TEST_CASE("The check of the documents finds what is missing") {
    const std::string page = "## [api]\n| `listen` | address |\n## Files\n| `token` | x |\nThe `level` is\n";
    CHECK(names_in_page(page) == Names{"api.listen"});
    CHECK(missing({"api.listen", "api.invented"}, names_in_page(page)) == Names{"api.invented"});
    const std::string example =
        "# about listen = x\n[api]\nlisten = \"x\"\n# owner = \"y\"\n[[zone]]\nttl = 1\n";
    CHECK(names_in_example(example) == Names{"api.listen", "api.owner", "zone.ttl"});
    CHECK(missing({"zone.listen"}, names_in_example(example)) == Names{"zone.listen"});
}

TEST_CASE("The example is a configuration without problems") {
    const ConfigOutcome example = read_config(docs / "custdkim.toml");
    CHECK(example.problems == Names());
    CHECK(example.config);
}

TEST_CASE("The example states the defaults") {
    const Config example = read_config(docs / "custdkim.toml").config.value();
    const Config defaults;
    REQUIRE(example.zones.size() == 1);
    const ZoneConfig& zone = example.zones[0];
    CHECK(zone.records == ZoneConfig().records);
    CHECK(zone.ttl == ZoneConfig().ttl);
    CHECK(zone.negative_ttl == ZoneConfig().negative_ttl);
    CHECK(zone.visible_at.empty());
    CHECK(example.backend.unix_socket == defaults.backend.unix_socket);
    CHECK(example.backend.owner == defaults.backend.owner);
    CHECK(example.backend.group == defaults.backend.group);
    CHECK(example.backend.mode == defaults.backend.mode);
    CHECK(example.api.listen.address == defaults.api.listen.address);
    CHECK(example.api.listen.port == defaults.api.listen.port);
    CHECK(example.api.token_file == defaults.api.token_file);
    CHECK(example.store.url == defaults.store.url);
    CHECK(example.keys.master_key_file == defaults.keys.master_key_file);
    CHECK(example.keys.pool == defaults.keys.pool);
    CHECK(example.rotation.interval == defaults.rotation.interval);
    CHECK(example.rotation.prepublish == defaults.rotation.prepublish);
    CHECK(example.rotation.retention == defaults.rotation.retention);
    CHECK(example.rotation.jitter == defaults.rotation.jitter);
    CHECK(example.activation.resolvers.empty());
    CHECK(example.activation.root_hints == defaults.activation.root_hints);
    CHECK(example.activation.trust_anchor == defaults.activation.trust_anchor);
    CHECK(example.activation.allow == defaults.activation.allow);
    CHECK(example.activation.forbid == defaults.activation.forbid);
    CHECK(example.activation.strict == defaults.activation.strict);
    CHECK(example.activation.deadline == defaults.activation.deadline);
    CHECK(example.activation.diagnosis_deadline == defaults.activation.diagnosis_deadline);
    CHECK(example.activation.looks_at_once == defaults.activation.looks_at_once);
    CHECK(example.activation.port == defaults.activation.port);
    CHECK_FALSE(example.metrics.listen);
    CHECK(example.metrics.allow_any_address == defaults.metrics.allow_any_address);
    CHECK(example.log.level == defaults.log.level);
    CHECK(example.log.format == defaults.log.format);
}

}  // namespace custdkim::test
