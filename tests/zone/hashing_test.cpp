#include "zone/hashing.hpp"

#include <catch2/catch.hpp>

#include "support/sample_keys.hpp"

namespace custdkim::test {

namespace {

using Catch::Matchers::Contains;

std::string refusal(std::string_view text) {
    const auto parsed = parse_hashing(text);
    return parsed ? "" : parsed.error().detail;
}

}  // namespace

TEST_CASE("Names are hashed as in RFC 5155 appendix A") {
    const Hashing hashing = parse_hashing("1 1 12 aabbccdd").value();
    CHECK(hashing == Hashing{12, "\xaa\xbb\xcc\xdd", true});
    const auto hash = [&](std::string_view text) { return to_text(hash_name(hashing, name(text))); };
    CHECK(hash("example") == "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom");
    CHECK(hash("a.example") == "35mthgpgcu1qg68fab165klnsnk3dpvl");
    CHECK(hash("ai.example") == "gjeqe526plbf1g8mklp59enfd789njgi");
    CHECK(hash("ns1.example") == "2t7b4g4vsa5smi47k61mv5bv1a22bojr");
    CHECK(hash("ns2.example") == "q04jkcevqvmu85r014c7dkba38o0ji5r");
    CHECK(hash("w.example") == "k8udemvp1j2f7eg6jebps17vp3n8i58h");
    CHECK(hash("*.w.example") == "r53bq7cc2uvmubfu5ocmm6pers9tk9en");
    CHECK(hash("x.w.example") == "b4um86eghhds6nea196smvmlo4ors995");
    CHECK(hash("y.w.example") == "ji6neoaepv8b5o6k4ev33abha8ht9fgc");
    CHECK(hash("x.y.w.example") == "2vptu5timamqttgl4luu9kg21e0aor3s");
    CHECK(hash("xx.example") == "t644ebqk9bibcna874givr6joj62mlhv");
}

TEST_CASE("A hash is read in any letter case, and nothing else is") {
    const auto hash = parse_hash("0P9MHAVEqvm6t7vbl5lop2u3t2rp3tom");
    REQUIRE(hash);
    CHECK(to_text(*hash) == "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom");
    for (const char* text : {"", "0p9mhaveqvm6t7vbl5lop2u3t2rp3to", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tomm",
                             "wp9mhaveqvm6t7vbl5lop2u3t2rp3tom", "0p9mhaveqvm6t7vbl5lop2u3t2rp3to."}) {
        CHECK_FALSE(parse_hash(text));
    }
}

TEST_CASE("NSEC3PARAM is read as PowerDNS writes it") {
    CHECK(parse_hashing("1 0 0 -").value() == Hashing{});
    CHECK(parse_hashing("1 0 500 AbCd").value() == Hashing{500, "\xab\xcd", false});
    CHECK(parse_hashing("1 0 1 " + std::string(510, '0')).value().salt.size() == 255);
}

TEST_CASE("An NSEC3PARAM that is none, or too much, is refused") {
    CHECK_THAT(refusal("2 0 0 -"), Contains("algorithm 1 only"));
    CHECK_THAT(refusal("1 0 501 -"), Contains("500 are the most"));
    for (const char* text : {"", "1", "1 0 0", "1 0 0 - -", "1 0 0 abc", "1 0 0 xx", "1 256 0 -", "1 0 -1 -",
                             "1 0 99999999999 -", "a 0 0 -", "1 0 0 +1"}) {
        INFO(text);
        CHECK_THAT(refusal(text), Contains("is no NSEC3PARAM"));
    }
    CHECK_THAT(refusal("1 0 0 " + std::string(512, '0')), Contains("is no NSEC3PARAM"));
}

}  // namespace custdkim::test
