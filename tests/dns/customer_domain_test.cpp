#include "dns/customer_domain.hpp"

#include <catch2/catch.hpp>

using namespace custdkim;
using Catch::Matchers::Contains;

namespace {

std::string read(std::string_view typed) { return dns::read_customer_domain(typed).value().text(); }

// "invalid: ..." or "refused: ...".
std::string refusal(std::string_view typed) {
    const auto domain = dns::read_customer_domain(typed);
    INFO("typed: " << typed);
    REQUIRE(domain.has_error());
    return std::string(to_string(domain.error().code)) + ": " + domain.error().detail;
}

std::string labels(std::size_t count, std::size_t length) {
    std::string text = "example";
    while (count-- > 0) text = std::string(length, 'a') + "." + text;
    return text;
}

}  // namespace

TEST_CASE("A customer's domain is read whatever its letter case and trailing dot") {
    CHECK(read("acme.example") == "acme.example");
    CHECK(read("ACME.Example") == "acme.example");
    CHECK(read("mail.acme.example.") == "mail.acme.example");
    CHECK(read("123.example") == "123.example");
    CHECK(read("a-b.example") == "a-b.example");
}

TEST_CASE("An internationalised domain becomes its A-labels") {
    CHECK(read("müller.example") == "xn--mller-kva.example");
    CHECK(read("MÜLLER.Example.") == "xn--mller-kva.example");
    CHECK(read("XN--MLLER-KVA.example") == "xn--mller-kva.example");
    CHECK(read("例え.テスト") == "xn--r8jz45g.xn--zckzah");
}

TEST_CASE("An ideographic full stop separates labels") { CHECK(read("acme。example") == "acme.example"); }

TEST_CASE("A sharp s stays one, as IDNA 2008 has it") {
    CHECK(read("straße.example") == "xn--strae-oqa.example");
}

TEST_CASE("Decomposed letters are the same domain as composed ones") {
    CHECK(read("mu\u0308ller.example") == "xn--mller-kva.example");
}

TEST_CASE("People are shown the letters that they know") {
    CHECK(dns::to_unicode(dns::Name::parse("xn--mller-kva.example").value()) == "müller.example");
    CHECK(dns::to_unicode(dns::Name::parse("acme.example").value()) == "acme.example");
    CHECK(dns::to_unicode(dns::Name::parse("xn--a.example").value()) == "xn--a.example");  // no punycode
}

TEST_CASE("An empty domain is refused") { CHECK_THAT(refusal(""), Contains("invalid: the domain is empty")); }

TEST_CASE("The root is refused") {
    CHECK_THAT(refusal("."), Contains("invalid: the root"));
    CHECK_THAT(refusal(".."), Contains("invalid: the root"));
}

TEST_CASE("An address is refused, and the refusal says what to give") {
    CHECK_THAT(
        refusal("bill@acme.example"),
        Contains("invalid: 'bill@acme.example' is an address, not a domain") && Contains("behind the @"));
}

TEST_CASE("IP addresses are refused as such") {
    const std::string typed =
        GENERATE("192.0.2.1", "192.0.2.1.", "[192.0.2.1]", "::1", "2001:db8::25", "[2001:db8::25]");
    CHECK_THAT(refusal(typed), Contains("is an IP address"));
}

TEST_CASE("A public suffix is refused, and so is a top-level domain that nobody listed") {
    const std::string typed =
        GENERATE("com", "COM.", "co.uk", "公司.cn", "xn--55qx5d.cn", "x.ck", "example", "localhost");
    CHECK_THAT(refusal(typed), Contains("refused: ") && Contains("is a public suffix"));
    CHECK(read("acme.com") == "acme.com");
    CHECK(read("acme.co.uk") == "acme.co.uk");
    CHECK(read("www.ck") == "www.ck");        // an exception to *.ck
    CHECK(read("github.io") == "github.io");  // a private suffix, whose owner does send mail
}

TEST_CASE("A domain that is too long is refused") {
    CHECK_THAT(refusal(std::string(2000, 'a')), Contains("longer than DNS allows"));
    CHECK_THAT(refusal(std::string(64, 'a') + ".example"), Contains("is not a domain") && Contains("63"));
    CHECK(read(labels(4, 60)).size() == 251);
    CHECK_THAT(refusal(labels(4, 61)), Contains("is not a domain"));
}

TEST_CASE("Labels that no host has are refused, and the refusal names the label") {
    CHECK_THAT(refusal("a_b.example"),
               Contains("the label 'a_b'") && Contains("letters, digits and inner hyphens"));
    CHECK_THAT(refusal("_dmarc.acme.example"), Contains("the label '_dmarc'"));
    CHECK_THAT(refusal("*.acme.example"), Contains("the label '*'"));
    CHECK_THAT(refusal("a b.example"), Contains("is not a domain"));
    CHECK_THAT(refusal("http://acme.example/"), Contains("is not a domain"));
    CHECK_THAT(refusal("acme.example:25"), Contains("is not a domain"));
    CHECK_THAT(refusal("a\\.b.example"), Contains("is not a domain"));
    CHECK_THAT(refusal("-a.example"), Contains("is not a domain"));
    CHECK_THAT(refusal("a-.example"), Contains("is not a domain"));
}

TEST_CASE("Empty labels are refused") {
    const std::string typed = GENERATE("a..example", ".acme.example", "acme.example..");
    CHECK_THAT(refusal(typed), Contains("is not a domain"));
}

TEST_CASE("A top-level domain of digits is refused") {
    CHECK_THAT(refusal("acme.123"), Contains("its last label has only digits"));
    CHECK_THAT(refusal("1.2.3"), Contains("its last label has only digits"));
    CHECK_THAT(refusal("１９２.0.2.1"), Contains("its last label has only digits"));  // full-width digits
}

TEST_CASE("A domain with a NUL is refused, so that nothing hides behind it") {
    using namespace std::string_view_literals;
    CHECK_THAT(refusal("acme.example\0.evil"sv), Contains("invalid: the domain contains a NUL character"));
}

TEST_CASE("Texts that IDNA does not know are refused") {
    CHECK_THAT(refusal("\xff\xfe.example"), Contains("is not a domain"));
    CHECK_THAT(refusal("xn--a.example"), Contains("is not a domain"));
    CHECK_THAT(refusal("☃.example"), Contains("is not a domain"));
}

TEST_CASE("The registrable domain is what somebody registered below a public suffix") {
    const auto registrable = [](std::string_view domain) {
        return dns::registrable_domain(dns::Name::parse(domain).value()).text();
    };
    CHECK(registrable("acme.example") == "acme.example");
    CHECK(registrable("mail.acme.example") == "acme.example");
    CHECK(registrable("a.b.acme.co.uk") == "acme.co.uk");
    CHECK(registrable("mail.xn--mller-kva.de") == "xn--mller-kva.de");
    CHECK(registrable("mail.ann.github.io") == "ann.github.io");
    CHECK(registrable("github.io") == "github.io");
}
