// Line ends of bodies, whatever pieces they come in.
#include "sending/body_lines.hpp"

#include <catch2/catch.hpp>

namespace custdkim::test {

namespace {

// What comes out, or the complaint; the body begins in line 3.
std::string lines_of(const std::vector<std::string>& pieces) {
    std::string out;
    const BodyLines::Sink sink = [&](std::string_view lines) -> Result<void> {
        out += lines;
        return {};
    };
    BodyLines body(2);
    for (const std::string& piece : pieces) {
        if (const auto taken = body.take(piece, sink); !taken) return taken.error().detail;
    }
    const auto done = body.finish(sink);
    return done ? out : done.error().detail;
}

std::string lines_of(const std::string& body, std::size_t piece) {
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < body.size(); at += piece) pieces.push_back(body.substr(at, piece));
    return lines_of(pieces);
}

}  // namespace

TEST_CASE("Lines end in CRLF, wherever the pieces end") {
    const std::vector<std::pair<std::string, std::string>> bodies{
        {"", ""},
        {"\n", "\r\n"},
        {"\r\n", "\r\n"},
        {"x", "x\r\n"},
        {"one\ntwo\r\nthree", "one\r\ntwo\r\nthree\r\n"},
        {"\n\r\n\n", "\r\n\r\n\r\n"},
        {" \r\n\t\n", " \r\n\t\r\n"},
        {"one\r\n\r\ntwo\n\nthree\r\n", "one\r\n\r\ntwo\r\n\r\nthree\r\n"},
    };
    for (const auto& [body, lines] : bodies) {
        for (std::size_t piece = 1; piece <= body.size() + 1; ++piece) {
            CAPTURE(body, piece);
            CHECK(lines_of(body, piece) == lines);
        }
    }
}

TEST_CASE("What no mail server would carry is refused with its line, wherever the pieces end") {
    using namespace std::string_literals;
    const std::string nul = " of the message has a NUL character; no mail server takes that";
    const std::string lone =
        " of the message has a carriage return that no line feed follows; end lines with CRLF or LF";
    const std::vector<std::pair<std::string, std::string>> bodies{
        {"\0"s, "line 3" + nul},           {"a\r\nb\nc\0d\n"s, "line 5" + nul}, {"\r", "line 3" + lone},
        {"\n\none\rtwo", "line 5" + lone}, {"a\r\r\n", "line 3" + lone},        {"a\nb\r", "line 4" + lone},
    };
    for (const auto& [body, complaint] : bodies) {
        for (std::size_t piece = 1; piece <= body.size(); ++piece) {
            CAPTURE(body, piece);
            CHECK(lines_of(body, piece) == complaint);
        }
    }
}

TEST_CASE("Long bodies and long lines come through whole, and no more than 64 KiB waits") {
    std::string body, lines;
    for (std::size_t n = 0; n < 3000; ++n) {
        const std::string line(n * 7 % 200, static_cast<char>('a' + n % 26));
        body += line + "\n";
        lines += line + "\r\n";
    }
    const std::string long_line(300'000, 'x');
    body += long_line;
    lines += long_line + "\r\n";
    for (const std::size_t piece : {1000U, 65'535U, 65'536U, 65'537U, 1'000'000U}) {
        CHECK(lines_of(body, piece) == lines);
    }
    std::size_t in = 0, out = 0, most = 0;
    const BodyLines::Sink sink = [&](std::string_view octets) -> Result<void> {
        out += octets.size();
        return {};
    };
    BodyLines waiting(0);
    for (unsigned n = 0; n < 5000; ++n) {
        CHECK(waiting.take("0123456789012345678901234567890123456789\r\n", sink).has_value());
        in += 42;
        most = std::max(most, in - out);
    }
    CHECK(most <= 64 << 10);
}

TEST_CASE("An error of the sink is passed on") {
    const BodyLines::Sink full = [](std::string_view) -> Result<void> { return invalid("full"); };
    BodyLines body(0);
    CHECK(body.take("x", full).has_value());  // waits
    CHECK(body.finish(full).error().detail == "full");
    CHECK(BodyLines(0).take(std::string(200'000, 'x'), full).error().detail == "full");
}

}  // namespace custdkim::test
