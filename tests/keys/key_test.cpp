#include "keys/key.hpp"

#include <catch2/catch.hpp>

#include "tests/support/sample_keys.hpp"

using namespace custdkim;

TEST_CASE("The customer's CNAME stands below _domainkey and points into the key zone") {
    const Key key = test::sample_key("k1", {"q7w2ka", "m4x9tz"});
    CHECK(customer_name(key, key.slots[0]) == "s1._domainkey.acme.example");
    CHECK(record_name(key, key.slots[0]) == "s1.q7w2ka.custdkim.example.net");
    CHECK(customer_name(key, key.slots[1]) == "s2._domainkey.acme.example");
    CHECK(record_name(key, key.slots[1]) == "s2.m4x9tz.custdkim.example.net");
}

TEST_CASE("Every domain match is read as it is written") {
    for (const auto match :
         {DomainMatch::domain, DomainMatch::subdomains, DomainMatch::domain_and_subdomains}) {
        CHECK((parse_domain_match(to_string(match)).value() == match));
    }
    for (const char* text : {"", "Domain", "all", "domain_and_subdomains", "subdomain"}) {
        const auto match = parse_domain_match(text);
        REQUIRE(match.has_error());
        CHECK_THAT(match.error().detail,
                   Catch::Contains("is not a domain match") && Catch::Contains("domain-and-subdomains"));
    }
}
