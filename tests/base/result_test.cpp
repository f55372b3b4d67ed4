#include "base/result.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace custdkim;

TEST_CASE("A result without a value throws its error when the value is asked for") {
    const Result<int> none = refused("not for this domain");
    try {
        none.value();
        FAIL("there was no value to give");
    } catch (const ErrorException& e) {
        CHECK(std::string(e.what()) == "not for this domain");
        CHECK((e.error().code == Errc::refused));
        CHECK(e.error().detail == "not for this domain");
    }
}

TEST_CASE("A result with a value gives it") {
    const Result<std::string> some = std::string("value");
    REQUIRE(some.has_value());
    CHECK(some.value() == "value");
}

TEST_CASE("The two errors made most often carry their code") {
    CHECK((invalid("x").code == Errc::invalid));
    CHECK((refused("x").code == Errc::refused));
}

TEST_CASE("Every error code has a lower-case word of its own") {
    std::set<std::string_view> words;
    for (const Errc code : {Errc::invalid, Errc::refused, Errc::not_found, Errc::conflict, Errc::busy,
                            Errc::unavailable, Errc::no_space, Errc::corrupt, Errc::internal}) {
        const std::string_view word = to_string(code);
        CHECK(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos);
        CHECK(words.insert(word).second);
    }
}
