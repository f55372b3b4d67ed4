#include "dns/typed_name.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace custdkim::test {

namespace {

std::string typed(std::string_view text) {
    const auto name = dns::read_typed_name(text);
    return name ? name->text() : "refused: " + name.error().detail;
}

}  // namespace

TEST_CASE("A typed name is lower case, without its dot, and its U-labels are A-labels") {
    CHECK(typed("S1._DomainKey.Acme.Example.") == "s1._domainkey.acme.example");
    CHECK(typed("s1._domainkey.M\xC3\xBCller.example") == "s1._domainkey.xn--mller-kva.example");
    CHECK(typed("m\xC3\xBCller.example") == "xn--mller-kva.example");
    CHECK(typed(".").empty());
}

TEST_CASE("What is no name is refused") {
    const std::string text = GENERATE("", "a..b", "..", "\xFF\xFE.example");
    CAPTURE(text);
    CHECK(typed(text).starts_with("refused: "));
    CHECK(typed(std::string(2000, 'a')).starts_with("refused: "));
}

}  // namespace custdkim::test
