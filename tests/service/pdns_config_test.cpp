// The fragment for pdns.conf is one that PowerDNS reads and that people understand.
#include <algorithm>
#include <sstream>

#include <catch2/catch.hpp>

#include "sample_config.hpp"
#include "service/pdns_config.hpp"

namespace custdkim::test {

namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

bool is_setting(const std::string& line) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos || equals == 0) return false;
    return line.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == equals;
}

// The first line that is neither a comment, nor empty, nor a setting that a comment explains; "" if none.
std::string first_fault(const std::string& text) {
    std::string before;
    for (const std::string& line : lines_of(text)) {
        const bool comment = line.starts_with("# ") && line.size() > 10;
        if (!line.empty() && !comment && !(is_setting(line) && before.starts_with("# "))) return line;
        before = line;
    }
    return "";
}

}  // namespace

TEST_CASE("Every setting for PowerDNS has its reason in front") {
    CHECK(first_fault(pdns_config(config_with(""))).empty());
}

TEST_CASE("The check of the fragment can fail") {
    CHECK(first_fault("# because of the socket\nlaunch=remote\n").empty());
    CHECK(first_fault("launch=remote\n") == "launch=remote");
    CHECK(first_fault("# because of the socket\n\nlaunch=remote\n") == "launch=remote");
    CHECK(first_fault("# because of the socket\nlaunch remote\n") == "launch remote");
    CHECK(first_fault("# because of the socket\nLaunch=remote\n") == "Launch=remote");
}

TEST_CASE("Where our clock is another than that of PowerDNS, no answer is cached") {
    const std::string text = pdns_config(config_with(""), PdnsCaches::off);
    CHECK(first_fault(text).empty());
    for (const std::string& line : lines_of(text)) {
        const std::size_t cache = line.find("cache-ttl=");
        if (is_setting(line) && cache != std::string::npos) CHECK(line.substr(cache) == "cache-ttl=0");
    }
    CHECK(text.find("\nquery-cache-ttl=0\n") != std::string::npos);
}

TEST_CASE("The fragment names the socket of the configuration, and nothing twice") {
    const auto lines = lines_of(pdns_config(config_with("[backend]\nunix = \"/run/other/pdns.sock\"\n")));
    std::vector<std::string> names;
    bool socket = false;
    for (const std::string& line : lines) {
        if (!is_setting(line)) continue;
        names.push_back(line.substr(0, line.find('=')));
        socket =
            socket || line.starts_with("remote-connection-string=unix:path=/run/other/pdns.sock,timeout=");
    }
    CHECK(socket);
    std::sort(names.begin(), names.end());
    CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
    CHECK(std::find(names.begin(), names.end(), "launch") != names.end());
}

}  // namespace custdkim::test
