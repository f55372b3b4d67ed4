// Scopes, names, digests.
#include "keys/access.hpp"

#include <catch2/catch.hpp>

#include "keys/digest.hpp"

namespace custdkim::test {

TEST_CASE("Scopes are written as they are read") {
    for (const char* text : {"read", "read,operate", "read,operate,sign,admin", "sign"}) {
        CHECK(to_string(parse_scopes(text).value()) == text);
    }
    CHECK(to_string(parse_scopes("sign,read,sign").value()) == "read,sign");
    for (const char* text : {"", ",", "read,", "none", "Read", "read operate", "write"}) {
        CAPTURE(text);
        CHECK(parse_scopes(text).has_error());
    }
}

TEST_CASE("Admin allows everything, the others only what they are") {
    for (const Scope needed : all_scopes) {
        CHECK(Scopes{Scope::admin}.allow(needed));
        for (const Scope has : {Scope::read, Scope::operate, Scope::sign}) {
            CHECK(Scopes{has}.allow(needed) == (has == needed));
        }
        CHECK_FALSE(Scopes().allow(needed));
    }
    CHECK(Scopes().allow(Scope::none));
}

TEST_CASE("A plain name has 1 to 64 plain characters") {
    for (const std::string& name : {std::string("a"), std::string("A-b_c.9"), std::string(64, 'x')}) {
        CHECK(check_plain_name(name, "a name").has_value());
    }
    for (const std::string& name : {std::string(), std::string(65, 'x'), std::string("a b"),
                                    std::string("a/b"), std::string("\xc3\xa4"), std::string("a\n")}) {
        CHECK(check_plain_name(name, "a name").has_error());
    }
}

TEST_CASE("SHA-256 is that of FIPS 180-4") {
    const Sha256 digest = sha256("abc");
    CHECK(digest[0] == 0xba);
    CHECK(digest[1] == 0x78);
    CHECK(digest[31] == 0xad);
}

}  // namespace custdkim::test
