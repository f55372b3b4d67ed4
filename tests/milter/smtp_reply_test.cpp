// What a mail server tells its client.
#include "milter/smtp_reply.hpp"

#include <catch2/catch.hpp>

namespace custdkim::milter {

TEST_CASE("A reply is the sentence as it is") {
    CHECK(reply_text("no active key signs mail from acme.example; activate one") ==
          "no active key signs mail from acme.example; activate one");
}

TEST_CASE("A reply is one line of printable ASCII, whatever was in the sentence") {
    CHECK(reply_text("a\r\nDATA\r\n") == "a DATA");
    CHECK(reply_text("\t a \n\n b ") == "a b");
    CHECK(reply_text(std::string("a\0b\x1b[0m\x7f", 8)) == "a?b?[0m?");
    CHECK(reply_text("m\xc3\xbcller.example, \xe2\x82\xac") == "m?ller.example, ?");
    CHECK(reply_text("") == "not accepted");
    CHECK(reply_text("\r\n") == "not accepted");
}

TEST_CASE("In a reply '%' is doubled, and neither is ever without the other") {
    CHECK(reply_text("100%") == "100%%");
    const std::string percents = reply_text(std::string(2000, '%'));
    CHECK(percents == std::string(2 * 477, '%') + "...");
}

TEST_CASE("A reply is cut before its line is longer than 512 octets") {
    CHECK(reply_text(std::string(480, 'x')) == std::string(480, 'x'));
    CHECK(reply_text(std::string(481, 'x')) == std::string(477, 'x') + "...");
    CHECK(("550 5.7.1 " + reply_text(std::string(1'000'000, 'x')) + "\r\n").size() <= 512);
}

}  // namespace custdkim::milter
