// Which static records a key zone refuses, and what it makes of the others.
#include <catch2/catch.hpp>

#include "sample_zone.hpp"

namespace custdkim::test {

namespace {

const dns::Name zone = name("custdkim.example.net");

dns::Record record(std::string_view owner, const std::string& type, const std::string& content = "x") {
    return {name(owner), type, 60, content};
}

std::string refusal(std::vector<dns::Record> records) {
    auto settings = sample_settings();
    settings.records = std::move(records);
    const auto made = KeyZone::make(std::move(settings), 7, 1000);
    if (made) return "";
    CHECK(made.error().code == Errc::invalid);
    return made.error().detail;
}

}  // namespace

TEST_CASE("A static record outside the zone is refused by name") {
    const std::string_view owner =
        GENERATE("example.net", "www.example.com", "xcustdkim.example.net", "x\\.custdkim.example.net");
    CHECK(refusal({record(owner, "A")}) == name(owner).text() + " is not in the zone custdkim.example.net");
}

TEST_CASE("A static SOA is refused wherever it stands") {
    const std::string_view owner = GENERATE("custdkim.example.net", "sub.custdkim.example.net");
    CHECK(refusal({record(owner, "SOA")}) ==
          "the SOA of custdkim.example.net is made by custdkim; take it out of the zone file");
}

TEST_CASE("Static name servers are refused at the apex and allowed below it") {
    CHECK(refusal({record("custdkim.example.net", "NS")}) ==
          "the name servers of custdkim.example.net belong into 'nameservers' in the configuration, not into "
          "the zone file");
    CHECK(refusal({record("sub.custdkim.example.net", "NS")}).empty());
}

TEST_CASE("A CNAME at the apex is refused") {
    CHECK(refusal({record("custdkim.example.net", "CNAME")}) ==
          "a CNAME cannot stand at the apex of custdkim.example.net");
}

TEST_CASE("A CNAME beside other data is refused in either order") {
    const auto cname = record("www.custdkim.example.net", "CNAME", "a.example.");
    const auto other = record("www.custdkim.example.net", "A");
    const std::string complaint = "www.custdkim.example.net has a CNAME beside other data";
    CHECK(refusal({cname, other}) == complaint);
    CHECK(refusal({other, cname}) == complaint);
}

TEST_CASE("A CNAME alone is fine even with names below it") {
    CHECK(refusal({record("www.custdkim.example.net", "CNAME"), record("a.www.custdkim.example.net", "A")})
              .empty());
}

TEST_CASE("One bad record refuses all") {
    CHECK_FALSE(refusal({record("a.custdkim.example.net", "A"), record("b.example.com", "A"),
                         record("c.custdkim.example.net", "A")})
                    .empty());
}

}  // namespace custdkim::test
