// Which domain a message is from, and which From header fields have more than one reading.
#include "sending/from_domain.hpp"

#include <catch2/catch.hpp>

namespace custdkim::test {

namespace {

Result<dns::Name> domain_of(const std::string& from) {
    return from_domain(read_message("Subject: x\nFrom:" + from + "\nTo: y@z.example\n\n").value());
}

}  // namespace

TEST_CASE("The domain of the one mailbox is found, however it is written") {
    for (const char* from : {
             "news@acme.example",
             " news@acme.example ",
             " <news@acme.example>",
             " Acme <news@ACME.Example>",
             " Acme Inc <news@acme.example> ",
             " \"Acme, Inc.\" <news@acme.example>",
             " \"evil@else.example\" <news@acme.example>",
             " \"<evil@else.example>\" <news@acme.example>",
             " \"a \\\" b\" <news@acme.example>",
             " (evil@else.example) news@acme.example",
             " news@acme.example (evil@else.example, <x@y.example>)",
             " (a (nested) comment \\) ) news@ acme.example (another one)",
             " Acme\n <news@acme.example>",
             "\n news@acme.example",
             " \"news letter\"@acme.example",
             " =?utf-8?q?M=C3=BCller?= <news@acme.example>",
             " M\xC3\xBCller <m\xC3\xBCller@acme.example>",
             " <news+tag=x/y@acme.example>",
         }) {
        CAPTURE(from);
        const auto domain = domain_of(from);
        REQUIRE(domain.has_value());
        CHECK(domain->text() == "acme.example");
    }
}

TEST_CASE("A domain in U-labels is the one in A-labels") {
    CHECK(domain_of(" <x@m\xC3\xBCller.example>").value().text() == "xn--mller-kva.example");
}

TEST_CASE("A From header field with more than one reading, or none, is refused") {
    for (const char* from : {
             "",
             " ",
             " news",
             " @acme.example",
             " news@",
             " news@acme.example, evil@else.example",
             " <news@acme.example>, <evil@else.example>",
             " , news@acme.example",
             " <news@acme.example> <evil@else.example>",
             " <news@acme.example> evil@else.example",
             " <news@acme.example> \"x\"",
             " evil@else.example <news@acme.example>",
             " news@evil.example@acme.example",
             " <@evil.example:news@acme.example>",
             " Group: news@acme.example;",
             " Group:;",
             " <news@acme.example",
             " news@acme.example>",
             " <<news@acme.example>>",
             " \"Acme <news@acme.example>",
             " (Acme <news@acme.example>",
             " Acme) <news@acme.example>",
             " news@[192.0.2.1]",
             " news\\@else.example@acme.example",
             " \"ends in a backslash\\",
             " <x@acme.exam ple>",
             " <x@acme (evil) .example>",
             " x@acme(evil).example",
             " <>",
             " ceo . news@acme.example",
             " ceo.(x)news@acme.example",
             " <ceo.(x)news@acme.example>",
             " <ceo. news@acme.example>",
             " <ceo.\r\n news@acme.example>",
             " <ceo news@acme.example>",
             " \"ceo\"news@acme.example",
             " <\"ceo\".news@acme.example>",
             " Ceo news@acme.example",
             " \"Ceo\" news@acme.example",
             " news (x) @ acme.example",
             " <news @acme.example>",
             " < news@acme.example>",
             " ()@acme.example",
             " \"@acme.example",
         }) {
        CAPTURE(from);
        const auto domain = domain_of(from);
        REQUIRE(domain.has_error());
        CHECK(domain.error().code == Errc::invalid);
        CHECK(
            domain.error().detail ==
            "the From header field must name exactly one mailbox, like: \"Acme, Inc.\" <news@acme.example>");
    }
}

TEST_CASE("What stands behind the @ must be a domain") {
    for (const char* from : {" x@a..example", " x@-a.example", " x@a b.example", " x@1.2.3.4", " x@co.uk",
                             " x@a_b.example", " x@\"a\".example"}) {
        CAPTURE(from);
        const auto domain = domain_of(from);
        REQUIRE(domain.has_error());
        CHECK(domain.error().code == Errc::invalid);
        CHECK(domain.error().detail.starts_with("the From header field: '"));
    }
}

TEST_CASE("The author's address is read where it is written in one piece") {
    const auto address_of = [](const std::string& from) {
        return from_address(read_message("From:" + from + "\r\n\r\n").value());
    };
    for (const char* const from :
         {" news@acme.example", " \"Acme, Inc.\" <News@Acme.example>", "news@acme.example",
          " (x) <news@acme.example> (y)", "\r\n <news@ACME.example>"}) {
        CAPTURE(from);
        CHECK(address_of(from).value().text() == "news@acme.example");
    }
    for (const char* const from : {" \"a b\"@acme.example", " news(x)@acme.example", " ne..ws@acme.example",
                                   " news @acme.example", " <@acme.example>"}) {
        CAPTURE(from);
        const auto address = address_of(from);
        REQUIRE(address.has_error());
        CHECK(address.error().code == Errc::invalid);
    }
}

TEST_CASE("There must be one From header field") {
    const auto none = from_domain(read_message("Subject: x\n\n").value());
    CHECK(none.error().detail == "the message has no From header field; add one (RFC 5322 section 3.6.2)");
    const auto two =
        from_domain(read_message("From: a@acme.example\nX: y\nfrom: a@acme.example\n\n").value());
    CHECK(two.error().detail ==
          "the message has 2 From header fields; there must be exactly one (RFC 5322 section 3.6)");
}

}  // namespace custdkim::test
