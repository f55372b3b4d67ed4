// What PowerDNS finds at which name of a key zone.
#include <catch2/catch.hpp>

#include "sample_zone.hpp"

namespace custdkim::test {

namespace {

const std::string ns1 = "custdkim.example.net 300 NS ns1.example.net.";
const std::string ns2 = "custdkim.example.net 300 NS ns2.example.org.";

}  // namespace

TEST_CASE("The apex answers ANY with the SOA first and then every name server") {
    const auto zone = sample_zone();
    CHECK(ask(*zone, "", "ANY") == Answer{soa_line(1000), ns1, ns2});
}

TEST_CASE("The apex answers a question for one type with that type alone") {
    const auto zone = sample_zone("@ 60 IN MX 10 mail.example.net.\n");
    CHECK(ask(*zone, "", "SOA") == Answer{soa_line(1000)});
    CHECK(ask(*zone, "", "NS") == Answer{ns1, ns2});
    CHECK(ask(*zone, "", "MX") == Answer{"custdkim.example.net 60 MX 10 mail.example.net."});
    CHECK(ask(*zone, "", "TXT").empty());
}

TEST_CASE("A slot's TXT stands at its selector below its label") {
    const auto type = GENERATE(KeyType::rsa_1024, KeyType::rsa_2048, KeyType::rsa_4096, KeyType::ed25519);
    const auto zone = sample_zone();
    const Key key = sample_key("k1", {"q7w2ka", "m4x9tz"}, type);
    zone->publish(key, 1001);
    for (const char* question : {"TXT", "ANY"}) {
        CHECK(ask(*zone, "s1.q7w2ka", question) ==
              Answer{txt_line(key.slots[0], type, key.slots[0].pairs[0])});
        CHECK(ask(*zone, "s2.m4x9tz", question) ==
              Answer{txt_line(key.slots[1], type, key.slots[1].pairs[0])});
    }
}

TEST_CASE("The newest published pair of a slot is the one in the zone") {
    const auto zone = sample_zone();
    Key key = sample_key("k1", {"q7w2ka"});
    key.slots[0].pairs.push_back(sample_pair(2, key.type, 77));
    key.slots[0].pairs.push_back(sample_pair(3, key.type, 78));
    key.slots[0].pairs[2].published_at.reset();
    zone->publish(key, 1001);
    CHECK(ask(*zone, "s1.q7w2ka", "TXT") == Answer{txt_line(key.slots[0], key.type, key.slots[0].pairs[1])});
}

TEST_CASE("A slot without a published pair is a placeholder: a record with an empty p") {
    const auto zone = sample_zone();
    Key key = sample_key("k1", {"q7w2ka", "m4x9tz"});
    key.slots[0].pairs[0].published_at.reset();
    zone->publish(key, 1001);
    REQUIRE(ask(*zone, "s1.q7w2ka", "TXT").size() == 1);
    CHECK(ask(*zone, "s1.q7w2ka", "TXT")[0].find("p=\"") != std::string::npos);
    CHECK(zone->label_count() == 2);
}

TEST_CASE("A retired pair's private key may be what its record shows") {
    const auto zone = sample_zone();
    Key key = sample_key("k1", {"q7w2ka"});
    key.slots[0].pairs[0].revealed = Bytes{1, 2, 3, 4};
    zone->publish(key, 1001);
    REQUIRE(ask(*zone, "s1.q7w2ka", "TXT").size() == 1);
    CHECK(ask(*zone, "s1.q7w2ka", "TXT")[0].find("n=private key: AQIDBA=3D=3D; p=\"") != std::string::npos);
}

TEST_CASE("A revoked key is a record with an empty p") {
    const auto zone = sample_zone();
    Key key = sample_key("k1", {"q7w2ka"});
    key.slots[0].pairs[0].public_key.clear();
    zone->publish(key, 1001);
    CHECK(ask(*zone, "s1.q7w2ka", "TXT") ==
          Answer{"s1.q7w2ka.custdkim.example.net 300 TXT \"v=DKIM1; k=ed25519; p=\""});
}

TEST_CASE("A label is an empty non-terminal on ANY and nothing on a type") {
    const auto zone = sample_zone();
    zone->publish(sample_key("k1", {"q7w2ka"}), 1001);
    CHECK(ask(*zone, "q7w2ka", "ANY") == Answer{"q7w2ka.custdkim.example.net 300 -"});
    for (const char* type : {"TXT", "SOA", "NS", "CNAME", "A"}) CHECK(ask(*zone, "q7w2ka", type).empty());
}

TEST_CASE("Only the TXT is there when another type is asked for") {
    const auto zone = sample_zone();
    zone->publish(sample_key("k1", {"q7w2ka"}), 1001);
    for (const char* type : {"SOA", "NS", "CNAME", "A"}) CHECK(ask(*zone, "s1.q7w2ka", type).empty());
}

TEST_CASE("Names that are not in the zone have no records") {
    const auto zone = sample_zone();
    zone->publish(sample_key("k1", {"q7w2ka", "m4x9tz"}), 1001);
    const std::string_view absent =
        GENERATE("zzzzzz", "s1.zzzzzz",                 // an unknown label
                 "s2.q7w2ka", "s1.m4x9tz",              // the other slot's selector
                 "x.s1.q7w2ka", "s1.s1.q7w2ka",         // deeper
                 "s1\\.q7w2ka", "x\\.q7w2ka",           // one label each, with an escaped dot
                 ".q7w2ka", "s1.", ".", "s1..q7w2ka",   // no names at all
                 "q7w2k", "q7w2kaa", "s1.q7w2kaaaaaa",  // nearly
                 "S1.q7w2ka", "s1.Q7W2KA",              // canonical names are the caller's business
                 "s1\\.x.q7w2ka", "*", "*.q7w2ka", "s.q7w2ka", "s11.q7w2ka");
    INFO(absent);
    CHECK(ask(*zone, absent, "ANY").empty());
    CHECK(ask(*zone, absent, "TXT").empty());
}

TEST_CASE("A label with a NUL behind it is another label") {
    const auto zone = sample_zone();
    zone->publish(sample_key("k1", {"q7w2ka"}), 1001);
    using namespace std::string_view_literals;
    CHECK(ask(*zone, "q7w2ka\0"sv, "ANY").empty());
    CHECK(ask(*zone, "s1.q7w2ka\0"sv, "TXT").empty());
}

TEST_CASE("Static records are served with their own TTL beside the keys") {
    const auto zone = sample_zone(
        "www 60 IN A 192.0.2.1\n"
        "www 60 IN A 192.0.2.2\n"
        "www 120 IN TXT \"hello\"\n");
    const std::string a1 = "www.custdkim.example.net 60 A 192.0.2.1";
    const std::string a2 = "www.custdkim.example.net 60 A 192.0.2.2";
    CHECK(ask(*zone, "www", "A") == Answer{a1, a2});
    CHECK(ask(*zone, "www", "ANY") == Answer{a1, a2, "www.custdkim.example.net 120 TXT \"hello\""});
    CHECK(ask(*zone, "www", "AAAA").empty());
}

TEST_CASE("Names above a static record are empty non-terminals") {
    const auto zone = sample_zone("a.b.c 60 IN A 192.0.2.1\n");
    CHECK(ask(*zone, "c", "ANY") == Answer{"c.custdkim.example.net 300 -"});
    CHECK(ask(*zone, "b.c", "ANY") == Answer{"b.c.custdkim.example.net 300 -"});
    CHECK(ask(*zone, "b.c", "A").empty());
    CHECK(ask(*zone, "x.c", "ANY").empty());
    CHECK(ask(*zone, "a.b.c", "A").size() == 1);
}

TEST_CASE("A static name that also has names below it is no empty non-terminal") {
    const auto order = GENERATE("c 60 IN A 192.0.2.1\nb.c 60 IN A 192.0.2.2\n",
                                "b.c 60 IN A 192.0.2.2\nc 60 IN A 192.0.2.1\n");
    const auto zone = sample_zone(order);
    CHECK(ask(*zone, "c", "ANY") == Answer{"c.custdkim.example.net 60 A 192.0.2.1"});
}

TEST_CASE("A wildcard is found under its own name only since PowerDNS does the matching") {
    const auto zone = sample_zone("* 60 IN A 192.0.2.1\n*.deep 60 IN A 192.0.2.2\n");
    CHECK(ask(*zone, "*", "ANY") == Answer{"*.custdkim.example.net 60 A 192.0.2.1"});
    CHECK(ask(*zone, "*.deep", "A") == Answer{"*.deep.custdkim.example.net 60 A 192.0.2.2"});
    CHECK(ask(*zone, "deep", "ANY") == Answer{"deep.custdkim.example.net 300 -"});
    CHECK(ask(*zone, "anything", "ANY").empty());
}

TEST_CASE("Labels at or above static records are reserved and others are not") {
    const auto zone =
        sample_zone("www 60 IN A 192.0.2.1\na.b.taken 60 IN A 192.0.2.1\n@ 60 IN A 192.0.2.1\n");
    CHECK(zone->is_reserved("www"));
    CHECK(zone->is_reserved("taken"));
    for (const char* free : {"a", "b", "b.taken", "", "q7w2ka"}) CHECK_FALSE(zone->is_reserved(free));
}

TEST_CASE("A zone is not made from static records that would break it") {
    auto settings = sample_settings();
    settings.records.push_back({name("www.example.com"), "A", 60, "192.0.2.1"});
    const auto zone = KeyZone::make(std::move(settings), 7, 1000);
    REQUIRE_FALSE(zone.has_value());
    CHECK(zone.error().code == Errc::invalid);
}

}  // namespace custdkim::test
