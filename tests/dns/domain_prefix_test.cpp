#include "dns/domain_prefix.hpp"

#include <catch2/catch.hpp>

#include "dns/customer_domain.hpp"

using namespace custdkim;
using Catch::Matchers::Contains;

namespace {

bool finds(std::string_view typed, std::string_view domain) {
    INFO("typed: " << typed);
    return dns::read_domain_prefix(typed).value().fits(dns::read_customer_domain(domain).value());
}

std::string refusal(std::string_view typed) {
    const auto prefix = dns::read_domain_prefix(typed);
    INFO("typed: " << typed);
    REQUIRE(prefix.has_error());
    CHECK(prefix.error().code == Errc::invalid);
    return prefix.error().detail;
}

}  // namespace

TEST_CASE("Every beginning of a domain finds it, in any letter case, and no other does") {
    const std::string_view domain = "mail.acme-corp.co.uk";
    for (std::size_t length = 1; length <= domain.size(); ++length) {
        CHECK(finds(domain.substr(0, length), domain));
        CHECK_FALSE(finds(domain.substr(0, length), "zail.acme-corp.co.uk"));
    }
    CHECK(finds("MAIL.Acme", domain));
    CHECK(finds("mail.acme-corp.co.uk.", domain));
    CHECK_FALSE(finds("acme", domain));
    CHECK_FALSE(finds("mail.acme-corp.co.uk.x", domain));
}

TEST_CASE("A beginning of an internationalised domain finds it, once its label cannot be another's") {
    const std::string_view utf8 = "müller-böhm.grüße.example";
    for (const char* typed :
         {"mü", "mül", "müll", "müller", "müller-", "müller-b", "müller-bö", "müller-böhm", "müller-böhm.",
          "müller-böhm.grü", "müller-böhm.grüß", "müller-böhm.grüße.ex", "müller-böhm.grüße.example"}) {
        CHECK(finds(typed, utf8));
    }
    CHECK(finds("MÜLLER", utf8));
    CHECK(finds("xn--mller-b", utf8));
    CHECK(finds("müller。ex", "müller.example"));
    CHECK(dns::read_domain_prefix("müller.ex").value().text == "xn--mller-kva.ex");
    CHECK(dns::read_domain_prefix("müller.ex").value().unicode.empty());
    CHECK(dns::read_domain_prefix("mül").value().text == "xn--ml");
    CHECK_FALSE(finds("möl", "müller.example"));
    CHECK_FALSE(finds("müller-a", utf8));
}

TEST_CASE("What no domain begins with is refused, with a sentence") {
    CHECK_THAT(refusal(""), Contains("nothing to search for"));
    CHECK_THAT(refusal(std::string(2000, 'a')), Contains("longer"));
    CHECK_THAT(refusal(std::string("a\0b", 3)), Contains("NUL"));
    for (const char* typed : {"a b", "ann@acme", "ac%", "-acme", "_dmarc.acme", "acme/", "*.acme"}) {
        CHECK_THAT(refusal(typed), Contains("no domain begins with '" + std::string(typed) + "'") &&
                                       Contains("letters, digits and inner hyphens"));
    }
    for (const char* typed : {".", "..", ".acme", "acme..", "acme..ex", "a-.b", "a\\.b"})
        CHECK_FALSE(refusal(typed).empty());
    CHECK_FALSE(refusal("ü\xff").empty());
    CHECK_FALSE(refusal("\xf0\x9f\x98").empty());
    CHECK_FALSE(refusal(std::string(64, 'a')).empty());
    CHECK_FALSE(refusal(std::string(64, 'a') + ".x").empty());
    std::string longest;
    for (int i = 0; i < 127; ++i) longest += "a.";
    CHECK_FALSE(refusal(longest + "a").empty());
}
