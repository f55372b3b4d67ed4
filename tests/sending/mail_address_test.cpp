#include "sending/mail_address.hpp"

#include <catch2/catch.hpp>

namespace custdkim::test {

namespace {

std::string text_of(std::string_view typed) { return read_address(typed).value().text(); }

}  // namespace

TEST_CASE("An address is read without case, its domain as A-labels without a trailing dot") {
    CHECK(text_of("News@Acme.EXAMPLE") == "news@acme.example");
    CHECK(text_of("a.b+c=d@acme.example.") == "a.b+c=d@acme.example");
    CHECK(text_of("info@Müller.example") == "info@xn--mller-kva.example");
    CHECK(text_of("jörg@acme.example") == "jörg@acme.example");
    CHECK(text_of(std::string(64, 'x') + "@acme.example").size() == 77);
}

TEST_CASE("What is no plain address is refused, in a sentence about it") {
    const auto [typed, word] =
        GENERATE(table<std::string, std::string>({{"acme.example", "no @"},
                                                  {"@acme.example", "before the @"},
                                                  {".a@acme.example", "before the @"},
                                                  {"a..b@acme.example", "before the @"},
                                                  {"a.@acme.example", "before the @"},
                                                  {"\"a b\"@acme.example", "before the @"},
                                                  {"a b@acme.example", "before the @"},
                                                  {"a@b@acme.example", "before the @"},
                                                  {"<a@acme.example", "before the @"},
                                                  {std::string("a\0b@acme.example", 16), "before the @"},
                                                  {std::string(65, 'x') + "@acme.example", "64 octets"},
                                                  {"a@co.uk", "co.uk"},
                                                  {"a@192.0.2.1", "192.0.2.1"},
                                                  {"a@", ""}}));
    CAPTURE(typed);
    const auto address = read_address(typed);
    REQUIRE_FALSE(address.has_value());
    CHECK(address.error().detail.find(word) != std::string::npos);
}

}  // namespace custdkim::test
