// What is a message, and what is refused with a reason.
#include "sending/mail_message.hpp"

#include <catch2/catch.hpp>

namespace custdkim::test {

namespace {

std::string refusal(const std::string& text) {
    const auto message = read_message(text);
    if (message) return "(none)";
    CHECK(message.error().code == Errc::invalid);
    return message.error().detail;
}

}  // namespace

TEST_CASE("Header fields and body come apart at the first empty line") {
    const std::string text = GENERATE("From: a@b.c\nSubject: one\n two\n\nbody\n\nmore\n",
                                      "From: a@b.c\r\nSubject: one\r\n two\r\n\r\nbody\r\n\r\nmore\r\n",
                                      "From: a@b.c\r\nSubject: one\n two\n\r\nbody\n\r\nmore");
    const MailMessage message = read_message(text).value();
    REQUIRE(message.header.size() == 2);
    CHECK(message.header[0].name() == "From");
    CHECK(message.header[0].value() == " a@b.c");
    CHECK(message.header[1].text == "Subject: one\r\n two");
    CHECK(message.body == std::string_view(text).substr(message.header_octets));
    CHECK(message.body.starts_with("body"));
    CHECK(message.lines == 4);
}

TEST_CASE("A message may have no body, and a header without an empty line behind it") {
    CHECK(read_message("From: a@b.c\n\n").value().body.empty());
    CHECK(read_message("From: a@b.c\n").value().body.empty());
    CHECK(read_message("From: a@b.c").value().header.size() == 1);
    CHECK(read_message("From: a@b.c\n\n\n").value().body == "\n");
}

TEST_CASE("The names of header fields have no case") {
    const MailMessage message = read_message("FROM: a\nfrom: b\nFrom-X: c\n").value();
    CHECK(message.fields("From").size() == 2);
    CHECK(message.fields("from-x").size() == 1);
    CHECK(message.fields("To").empty());
}

TEST_CASE("What is no message is refused with the line that is wrong") {
    CHECK(refusal("") == "the message is empty");
    CHECK(refusal("\nFrom: a@b.c\n") == "the message has no header: it begins with an empty line");
    const std::string no_field =
        " of the message is no header field: it does not begin with a name and a colon";
    CHECK(refusal("hello world") == "line 1" + no_field);
    CHECK(refusal("From a@b.c Sat Jun  1 12:00:00 2024\nFrom: a@b.c\n\n") == "line 1" + no_field);
    CHECK(refusal("From: a@b.c\nSubject : x\n\n") == "line 2" + no_field);
    CHECK(refusal("From: a@b.c\n: x\n\n") == "line 2" + no_field);
    CHECK(refusal("From: a@b.c\nS\xC3\xBC: x\n\n") == "line 2" + no_field);
    CHECK(refusal(" From: a@b.c\n") ==
          "line 1 of the message is no header field, but the message begins with it");
}

TEST_CASE("What no mail server would carry unchanged is refused") {
    using namespace std::string_literals;
    const std::string nul = " of the message has a NUL character; no mail server takes that";
    CHECK(refusal("From: a@b.c\0\n\n"s) == "line 1" + nul);
    const std::string bare =
        " of the message has a carriage return that no line feed follows; end lines with CRLF or LF";
    CHECK(refusal("From: a@b.c\rTo: x\n\n") == "line 1" + bare);
    CHECK(refusal("From: a@b.c\r\r\n\r\n") == "line 1" + bare);
    CHECK(refusal("From: a@b.c\nX: \x0B\n\n") ==
          "line 2 of the message is a header line with a control character; take it out");
    for (const char* octets : {"\xFF", "\x80", "\xC3", "\xC3(", "\xC0\xAF", "\xF5\x80\x80\x80", "\xE2\x82"}) {
        CHECK(refusal("From: a@b.c\nX: " + std::string(octets) + "\n\n") ==
              "line 2 of the message is a header line with octets that are not UTF-8; encode it (RFC 2047)");
    }
    CHECK(refusal("From: a@b.c\nX: \xE2\x82\xAC \xF0\x9F\x93\xA8\n\nbody \xFF\n") == "(none)");
}

TEST_CASE("Lines, headers and messages have their limits, to the octet") {
    const std::string from = "From: a@b.c\n";
    CHECK(refusal(from + "X: " + std::string(995, 'x') + "\r\n") == "(none)");
    CHECK(refusal(from + "X: " + std::string(996, 'x') + "\r\n") ==
          "line 2 of the message is a header line of more than 998 characters; fold it (RFC 5322 section "
          "2.1.1)");
    std::string header = from;
    while (header.size() < max_header_octets * 2) header += "X: " + std::string(61, 'x') + "\n";
    CHECK(refusal(header) ==
          "the header of the message is larger than 256 KiB; mail servers do not take that");
    const std::string begin = from + "\n";
    CHECK(refusal(begin + std::string(max_message_octets - begin.size(), 'x')) == "(none)");
    CHECK(refusal(begin + std::string(max_message_octets - begin.size() + 1, 'x')) ==
          "the message is larger than 64 MiB; nothing above that is signed");
}

}  // namespace custdkim::test
