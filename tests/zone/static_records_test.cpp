// Which static records a zone refuses, and what it makes of the others.
#include <catch2/catch.hpp>

#include "support/sample_keys.hpp"
#include "zone/static_records.hpp"

namespace custdkim::test {

namespace {

const dns::Name zone = name("custdkim.example.net");

dns::Record record(std::string_view owner, const std::string& type, const std::string& content = "x") {
    return {name(owner), type, 60, content};
}

std::string refusal(std::vector<dns::Record> records) {
    const auto made = StaticRecords::make(zone, std::move(records));
    if (made) return "";
    CHECK(made.error().code == Errc::invalid);
    return made.error().detail;
}

StaticRecords accepted(std::vector<dns::Record> records) {
    return StaticRecords::make(zone, std::move(records)).value();
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
    const auto other = GENERATE(record("www.custdkim.example.net", "A"),
                                record("www.custdkim.example.net", "CNAME", "b.example."));
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

TEST_CASE("The same static record twice is kept once") {
    const auto a = record("www.custdkim.example.net", "A", "192.0.2.1");
    const auto b = record("www.custdkim.example.net", "A", "192.0.2.2");
    const auto records = accepted({a, b, a, a});
    REQUIRE(records.find("www"));
    CHECK(*records.find("www") == std::vector<dns::Record>{a, b});
}

TEST_CASE("No static records are a fine set of them") {
    const auto records = accepted({});
    CHECK(records.names().empty());
    CHECK_FALSE(records.find(""));
    CHECK_FALSE(records.is_reserved("www"));
}

TEST_CASE("Static names are found relative to the zone with the empty name for its apex") {
    const auto records =
        accepted({record("custdkim.example.net", "MX"), record("WWW.Custdkim.example.net", "A")});
    CHECK(records.find("")->size() == 1);
    CHECK(records.find("www")->size() == 1);
    CHECK_FALSE(records.find("www.custdkim.example.net"));
}

TEST_CASE("An escaped dot makes no empty non-terminal") {
    const auto records = accepted({record("a\\.b.c.custdkim.example.net", "A")});
    REQUIRE(records.find("a\\.b.c"));
    REQUIRE(records.find("c"));
    CHECK(records.find("c")->empty());
    CHECK_FALSE(records.find("b.c"));
    CHECK(records.is_reserved("c"));
    CHECK(records.names().size() == 2);
}

TEST_CASE("The static records of the root zone are found by their whole names") {
    const auto records = StaticRecords::make(dns::Name(), {record("a.example", "A")}).value();
    CHECK(records.find("a.example")->size() == 1);
    CHECK(records.find("example")->empty());
    CHECK(records.is_reserved("example"));
}

}  // namespace custdkim::test
