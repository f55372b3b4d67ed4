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
    CHECK(first_fault(pdns_config(config_with("")).value()).empty());
}

TEST_CASE("PowerDNS holds a question for as long as it waits for custdkim") {
    const std::string text = pdns_config(config_with("")).value();
    CHECK(text.find(",timeout=2000\n") != std::string::npos);
    CHECK(text.find("\nqueue-limit=2000\n") != std::string::npos);
}

TEST_CASE("The check of the fragment can fail") {
    CHECK(first_fault("# because of the socket\nlaunch=remote\n").empty());
    CHECK(first_fault("launch=remote\n") == "launch=remote");
    CHECK(first_fault("# because of the socket\n\nlaunch=remote\n") == "launch=remote");
    CHECK(first_fault("# because of the socket\nlaunch remote\n") == "launch remote");
    CHECK(first_fault("# because of the socket\nLaunch=remote\n") == "Launch=remote");
}

TEST_CASE("Where our clock is another than that of PowerDNS, no answer is cached") {
    const std::string text = pdns_config(config_with(""), {PdnsCaches::off}).value();
    CHECK(first_fault(text).empty());
    for (const std::string& line : lines_of(text)) {
        const std::size_t cache = line.find("cache-ttl=");
        if (is_setting(line) && cache != std::string::npos) CHECK(line.substr(cache) == "cache-ttl=0");
    }
    CHECK(text.find("\nquery-cache-ttl=0\n") != std::string::npos);
}

TEST_CASE("The fragment names the socket of the configuration, and nothing twice") {
    const auto lines =
        lines_of(pdns_config(config_with("[backend]\nunix = \"/run/other/pdns.sock\"\n")).value());
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

TEST_CASE("Each connector has its connection string, explained") {
    const auto connection = [](const PdnsChoice& choice, const std::string& backend = "") {
        const std::string text =
            pdns_config(config_with("[backend]\nunix = \"/run/x.sock\"\n" + backend), choice).value();
        CHECK(first_fault(text).empty());
        constexpr std::string_view name = "\nremote-connection-string=";
        const std::size_t at = text.find(name) + name.size();
        return text.substr(at, text.find('\n', at) - at);
    };
    const std::string http = "http = \"127.0.0.1:8053\"\n";
    CHECK(connection({}) == "unix:path=/run/x.sock,timeout=2000");
    CHECK(connection({PdnsCaches::on, "pipe", "/opt/custdkim"}) ==
          "pipe:command=/opt/custdkim pipe --socket /run/x.sock,timeout=0");
    CHECK(connection({PdnsCaches::on, "http"}, http) == "http:url=http://127.0.0.1:8053/dns,timeout=2000");
    CHECK(connection({PdnsCaches::on, "http-post", "", "0123456789abcdef"}, http) ==
          "http:url=http://127.0.0.1:8053/0123456789abcdef/dns,timeout=2000,post=1");
    CHECK(connection({PdnsCaches::on, "http-post-json"}, http) ==
          "http:url=http://127.0.0.1:8053/dns,timeout=2000,post=1,post_json=1");
}

TEST_CASE("A connector that is not there, or not on, is refused with what to do") {
    const auto refusal = [](const PdnsChoice& choice) {
        return pdns_config(config_with(""), choice).error().detail;
    };
    CHECK(refusal({PdnsCaches::on, "zeromq"}) ==
          "there is no connector 'zeromq'; there are unix, pipe, http, http-post, http-post-json");
    CHECK_THAT(refusal({PdnsCaches::on, "http"}), Catch::Contains("set [backend] http"));
    CHECK_THAT(refusal({PdnsCaches::on, "pipe", "/opt/cust dkim"}),
               Catch::Contains("has a space or a comma"));
}

}  // namespace custdkim::test
