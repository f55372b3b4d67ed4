#include "keys/secret.hpp"

#include <catch2/catch.hpp>
#include <type_traits>
#include <vector>

using namespace custdkim;

TEST_CASE("A secret cannot be copied") {
    CHECK_FALSE(std::is_copy_constructible_v<SecretBytes>);
    CHECK_FALSE(std::is_copy_assignable_v<SecretBytes>);
}

TEST_CASE("A secret starts as zeroes, or as what it was given") {
    const SecretBytes zeroes(3);
    CHECK(std::vector(zeroes.span().begin(), zeroes.span().end()) == std::vector<std::uint8_t>{0, 0, 0});
    const std::vector<std::uint8_t> bytes{1, 2, 3};
    const SecretBytes given{std::span(bytes)};
    CHECK(std::vector(given.span().begin(), given.span().end()) == bytes);
    CHECK(given.data() != bytes.data());
}

TEST_CASE("A secret that was moved is in one place only") {
    SecretBytes from(4);
    const std::uint8_t* const place = from.data();
    SecretBytes to(std::move(from));
    CHECK(to.data() == place);
    SecretBytes third;
    third = std::move(to);
    CHECK(third.data() == place);
    CHECK(third.size() == 4);
}

TEST_CASE("A secret may be empty") {
    const SecretBytes none, also_none(std::size_t{0});
    CHECK(none.empty());
    CHECK(also_none.empty());
    CHECK(also_none.span().empty());
}
