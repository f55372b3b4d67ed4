#include "base/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
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

struct JsonLines {
    JsonLines() { set_log_format(LogFormat::json); }
    ~JsonLines() { set_log_format(LogFormat::text); }
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

TEST_CASE("A line of JSON is an object with time, level and message, and its facts behind them") {
    const JsonLines json;
    const std::string line = logged([] {
        log_warning("key created", {{"key", "k1"}, {"slots", 2}, {"of", std::string("a \"b\"")}});
    });
    CHECK(std::regex_match(
        line, std::regex(R"(\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":"warning",)"
                         R"("message":"key created","key":"k1","slots":2,"of":"a \\"b\\""\}\n)")));
    const auto document = nlohmann::json::parse(line);
    CHECK(document["of"] == "a \"b\"");
    CHECK(document["slots"] == 2);
}

TEST_CASE("Nothing from the network can forge a line of JSON, or break one") {
    const JsonLines json;
    const std::string line = logged([] {
        log_error("a\nb",
                  {{"from", "x\r\n\",\"level\":\"info\x1b\x7f\xff{0} %v"}, {"level", "none"}, {"from", 1}});
    });
    CHECK(std::count(line.begin(), line.end(), '\n') == 1);
    CHECK(std::all_of(line.begin(), line.end() - 1, [](char c) { return c >= ' ' && c < 0x7f; }));
    const auto document = nlohmann::json::parse(line);
    CHECK(document["level"] == "error");
    CHECK(document["level_"] == "none");
    CHECK(document["message"] == "a\nb");
    CHECK(document["from"] == "x\r\n\",\"level\":\"info\x1b\x7f\xef\xbf\xbd{0} %v");
    CHECK(document["from_"] == 1);
}

TEST_CASE("Lines begin with their priority where a journal reads them") {
    struct Priorities {
        Priorities() { set_log_priorities(true); }
        ~Priorities() { set_log_priorities(false); }
    } priorities;
    CHECK(logged([] { log_warning("m"); }).starts_with("<4>20"));
    CHECK(logged([] { log_error("m"); }).starts_with("<3>20"));
    CHECK(logged([] { log_info("m"); }).starts_with("<6>20"));
    const JsonLines json;
    CHECK(logged([] { log_info("m"); }).starts_with("<6>{\"time\""));
}

TEST_CASE("Lines that are written are counted by level, those that are dropped are not") {
    const auto warnings = logged_lines(LogLevel::warning), details = logged_lines(LogLevel::debug);
    logged([] {
        log_warning("m");
        log_debug("m");
    });
    CHECK(logged_lines(LogLevel::warning) == warnings + 1);
    CHECK(logged_lines(LogLevel::debug) == details);
}

TEST_CASE("A log format is one of two words") {
    CHECK((parse_log_format("text").value() == LogFormat::text));
    CHECK((parse_log_format("json").value() == LogFormat::json));
    CHECK_THAT(parse_log_format("JSON").error().detail, Contains("'JSON'") && Contains("text or json"));
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
