#include "base/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <functional>
#include <regex>

#include "base/descriptor.hpp"

using namespace custdkim;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;

namespace {

// What `act` writes to stderr.
std::string logged(const std::function<void()>& act) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), &std::fclose);
    REQUIRE(file);
    std::fflush(stderr);
    const Descriptor saved(::dup(STDERR_FILENO));
    ::dup2(::fileno(file.get()), STDERR_FILENO);
    act();
    std::fflush(stderr);
    ::dup2(saved.get(), STDERR_FILENO);
    std::rewind(file.get());
    std::string text;
    for (int c = 0; (c = std::fgetc(file.get())) != EOF;) text += static_cast<char>(c);
    return text;
}

struct DefaultLevel {
    ~DefaultLevel() { set_log_level(LogLevel::info); }
};

}  // namespace

TEST_CASE("A log line is a time in UTC, a level, a sentence and its facts") {
    const std::string line = logged([] { log_info("key created", {{"key", "k1"}, {"slots", 2}}); });
    CHECK(std::regex_match(
        line, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info key created key=k1 slots=2\n)")));
}

TEST_CASE("A value is quoted where it would otherwise run into the next") {
    const auto line_with = [](const std::string& value) {
        return logged([&] { log_info("m", {{"f", value}}); });
    };
    CHECK_THAT(line_with("a b"), EndsWith("m f=\"a b\"\n"));
    CHECK_THAT(line_with(""), EndsWith("m f=\"\"\n"));
    CHECK_THAT(line_with("a=b"), EndsWith("m f=\"a=b\"\n"));
    CHECK_THAT(line_with("say \"x\" \\ y"), EndsWith(R"(m f="say \"x\" \\ y")"
                                                     "\n"));
}

TEST_CASE("Nothing from the network can forge a second line") {
    const std::string line = logged([] {
        log_warning("bad\nmessage", {{"from", "x\r\n2026-01-01T00:00:00.000Z info forged\x1b[2J\x7f"}});
    });
    CHECK(std::count(line.begin(), line.end(), '\n') == 1);
    CHECK(line.find('\r') == std::string::npos);
    CHECK(line.find('\x1b') == std::string::npos);
    CHECK_THAT(line, Contains("bad\\x0amessage") && Contains("\\x0d\\x0a2026") && Contains("\\x1b[2J\\x7f"));
}

TEST_CASE("Braces and percent signs in a message are only characters") {
    CHECK_THAT(logged([] {
                   log_error("100 % {} {0} %s", {{"f", "{}"}});
               }),
               EndsWith("100 % {} {0} %s f={}\n"));
}

TEST_CASE("Lines below the level are dropped, and the level is info at first") {
    const DefaultLevel restore;
    CHECK(logged([] { log_debug("m"); }).empty());
    CHECK_FALSE(logged([] { log_info("m"); }).empty());
    set_log_level(LogLevel::error);
    CHECK(logged([] { log_warning("m"); }).empty());
    CHECK_FALSE(logged([] { log_error("m"); }).empty());
    set_log_level(LogLevel::debug);
    CHECK_FALSE(logged([] { log_debug("m"); }).empty());
}

TEST_CASE("A log level is one of four words") {
    CHECK((parse_log_level("debug").value() == LogLevel::debug));
    CHECK((parse_log_level("info").value() == LogLevel::info));
    CHECK((parse_log_level("warning").value() == LogLevel::warning));
    CHECK((parse_log_level("error").value() == LogLevel::error));
    const std::string text = GENERATE("", "Info", "warn", "trace", "info ");
    const auto read = parse_log_level(text);
    REQUIRE(read.has_error());
    CHECK_THAT(read.error().detail, Contains("'" + text + "'") && Contains("debug, info, warning or error"));
}
