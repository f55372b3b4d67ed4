#include <catch2/catch.hpp>

#include "keys/key_request.hpp"
#include "tests/support/sample_keys.hpp"

using namespace custdkim;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

// A domain of exactly this many octets on the wire, 130 to 255 of them.
std::string domain_of(std::size_t octets) {
    std::string text = "example";  // 9 octets with the root
    for (std::size_t left = octets - 9; left > 0;) {
        const std::size_t take = left == 65 ? 63 : std::min<std::size_t>(left, 64);
        text = std::string(take - 1, 'a') + "." + text;
        left -= take;
    }
    REQUIRE(test::name(text).wire_length() == octets);
    return text;
}

Result<CheckedRequest> check(std::size_t domain_octets, std::size_t selector_length,
                             const dns::Name& zone = test::name("custdkim.example.net")) {
    KeyRequest request;
    request.domain = domain_of(domain_octets);
    if (selector_length > 0) {
        request.selector = "s";
        request.alternate_selector = std::string(selector_length, 'l');
    }
    return check_request(request, std::vector{zone});
}

// The octets of the longer of the names that the customer publishes.
std::size_t customer_name_octets(const CheckedRequest& checked, std::string selector) {
    Key key;
    key.domain = checked.domain;
    return test::name(customer_name(key, {std::move(selector), "aaaaaa", {}})).wire_length();
}

}  // namespace

TEST_CASE("The customer's name may have 255 octets, and not one more") {
    const auto longest = check(241, 0);
    REQUIRE(longest.has_value());
    CHECK(customer_name_octets(*longest, "s1") == 255);
    const auto too_long = check(242, 0);
    REQUIRE(too_long.has_error());
    CHECK_THAT(too_long.error().detail, Contains("256 octets") && Contains("DNS allows 255"));
    CHECK((too_long.error().code == Errc::refused));
}

TEST_CASE("A longer selector leaves less room for the domain") {
    const auto longest = check(180, 63);
    REQUIRE(longest.has_value());
    CHECK(customer_name_octets(*longest, std::string(63, 'l')) == 255);
    CHECK(check(181, 63).has_error());
    CHECK(check(181, 62).has_value());
    CHECK(check(242, 1).has_value());
    CHECK(check(243, 1).has_error());
}

TEST_CASE("The record's name in the key zone has to fit as well") {
    const dns::Name zone = test::name(domain_of(184));
    CHECK(check(130, 63, zone).has_value());
    Key key;
    key.zone = zone;
    CHECK(test::name(record_name(key, {std::string(63, 'l'), "aaaaaa", {}})).wire_length() == 255);
    const auto too_long = check(130, 63, test::name(domain_of(185)));
    REQUIRE(too_long.has_error());
    CHECK_THAT(too_long.error().detail, Contains("256 octets"));
}
