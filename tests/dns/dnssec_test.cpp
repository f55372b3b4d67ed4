#include "dns/dnssec.hpp"

#include <catch2/catch.hpp>

using namespace custdkim;
using dns::Record;

namespace {

dns::Name named(std::string_view text) { return dns::Name::parse(text).value(); }

Record ds(std::string content, std::string_view owner = "dskey.example.com") {
    return {named(owner), "DS", 300, std::move(content)};
}
Record dnskey(const std::string& flags = "256 3 5", std::string_view owner = "dskey.example.com") {
    // The key of RFC 4034 section 5.4.
    return {
        named(owner), "DNSKEY", 300,
        flags +
            " AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822a J5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAph"
            "XdvxegXd/M5+X7OrzKBa MbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/r ljwvFw=="};
}
Record rrsig(std::string content) { return {named("acme.example"), "RRSIG", 300, std::move(content)}; }

// RFC 4034 section 5.4, RFC 4509 section 2.3, and what dnssec-dsfromkey makes of it.
const std::string sha1 = "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118";
const std::string sha256 = "60485 5 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4 469DA50A";
const std::string sha384 =
    "60485 5 4 "
    "AB64DBEBE13C0B6BAE558B78CCAB93B836F8ADA4CBED2D4484A8715A819DE7B9E846315E70EA5D884B377394BDAF16A3";

}  // namespace

TEST_CASE("A DS matches the key that it was made of, by each kind of digest") {
    CHECK(dns::matches(ds(sha1), dnskey()));
    CHECK(dns::matches(ds(sha256), dnskey()));
    CHECK(dns::matches(ds(sha384), dnskey()));
    CHECK(dns::matches(ds("60485 5 2 d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a"),
                       dnskey()));
}

TEST_CASE("A DS does not match another digest, tag, algorithm or owner") {
    CHECK_FALSE(dns::matches(ds("60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292119"), dnskey()));
    CHECK_FALSE(dns::matches(ds("60486 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"), dnskey()));
    CHECK_FALSE(dns::matches(ds("60485 8 1 2BB183AF5F22588179A53B0A98631FAD1A292118"), dnskey()));
    CHECK_FALSE(dns::matches(ds(sha1, "other.example"), dnskey()));
    CHECK_FALSE(dns::matches(ds(sha1, "other.example"), dnskey("256 3 5", "other.example")));
}

TEST_CASE("A digest of a kind that we do not know is believed, if tag and algorithm match") {
    CHECK(dns::matches(ds("60485 5 99 00"), dnskey()));
    CHECK_FALSE(dns::matches(ds("60484 5 99 00"), dnskey()));
}

TEST_CASE("A key that signs no zone matches no DS") {
    // Without the zone bit the tag is lower by 256.
    CHECK_FALSE(dns::matches(ds("60229 5 99 00"), dnskey("0 3 5")));
    CHECK_FALSE(dns::matches(ds("60484 5 99 00"), dnskey("256 2 5")));
}

TEST_CASE("Malformed records match nothing") {
    for (const char* content :
         {"", "60485", "60485 5 1", "60485 5 1 xyz", "65536 5 1 2BB1", "60485 256 1 2BB1", "60485 5 1 2BB",
          "-1 5 1 2BB1", "60485 5 1 2BB1 ; comment", "60485 5 1 ( 2BB1", "\\# 4 EC450501"}) {
        CAPTURE(content);
        CHECK_FALSE(dns::matches(ds(content), dnskey()));
        CHECK_FALSE(dns::matches(ds(sha1), {named("dskey.example.com"), "DNSKEY", 300, content}));
    }
    CHECK_FALSE(dns::matches(ds("60485 5 99 " + std::string(100000, '0')), dnskey()));
    CHECK_FALSE(dns::matches(dnskey(), ds(sha1)));
}

TEST_CASE("A signature tells what it covers, who made it, and how long it holds") {
    const auto times = dns::signature_times(
        rrsig("CNAME 13 4 300 20270101000000 20261118110640 12345 Acme.example. CzBVep/E6Q4zWA== AAAA"));
    REQUIRE(times);
    CHECK(times->covered == "CNAME");
    CHECK(format_rfc3339(times->expiration) == "2027-01-01T00:00:00Z");
    CHECK(format_rfc3339(times->inception) == "2026-11-18T11:06:40Z");
    CHECK(times->signer == named("acme.example"));
    CHECK(times->key_tag == 12345);
    CHECK(times->algorithm == 13);
    CHECK(dns::signature_times(rrsig("A 13 4 300 1798761600 1795000000 1 . AA=="))->expiration ==
          times->expiration);
}

TEST_CASE("A malformed signature has no times") {
    for (const char* content :
         {"", "CNAME 13 4 300", "CNAME 13 4 300 20270101000000 20261118110640 12345 acme.example.",
          "CNAME 256 4 300 20270101000000 20261118110640 1 a. AA==",
          "CNAME 13 4 300 20271301000000 20261118110640 1 a. AA==",
          "CNAME 13 4 300 20270101240000 20261118110640 1 a. AA==",
          "CNAME 13 4 300 x 20261118110640 1 a. AA==",
          "CNAME 13 4 300 20270101000000 20261118110640 65536 a. AA==",
          "CNAME 13 4 300 20270101000000 20261118110640 1 a..b AA=="}) {
        CAPTURE(content);
        CHECK_FALSE(dns::signature_times(rrsig(content)));
    }
    CHECK_FALSE(dns::signature_times(ds(sha1)));
}
