// The patterns of the search, against what SQLite's LIKE would say.
#include "backend/record_search.hpp"

#include <catch2/catch.hpp>

namespace custdkim::test {

using backend::matches;

TEST_CASE("A pattern is for the whole text") {
    CHECK(matches("", ""));
    CHECK(matches("abc", "abc"));
    CHECK_FALSE(matches("abc", "ab"));
    CHECK_FALSE(matches("abc", "bc"));
    CHECK_FALSE(matches("abc", ""));
    CHECK_FALSE(matches("", "a"));
}

TEST_CASE("An asterisk is for any octets, a question mark for one") {
    CHECK(matches("", "*"));
    CHECK(matches("abc", "*"));
    CHECK(matches("abc", "***"));
    CHECK(matches("abc", "a*"));
    CHECK(matches("abc", "*c"));
    CHECK(matches("abc", "*b*"));
    CHECK(matches("abc", "a*c"));
    CHECK(matches("abc", "a?c"));
    CHECK(matches("abc", "???"));
    CHECK(matches("abc", "?*?"));
    CHECK_FALSE(matches("abc", "????"));
    CHECK_FALSE(matches("abc", "??"));
    CHECK_FALSE(matches("", "?"));
    CHECK_FALSE(matches("abc", "a*b"));
    CHECK_FALSE(matches("abc", "*d*"));
}

TEST_CASE("An asterisk that took too little takes more") {
    CHECK(matches("aXbXc", "*x*c"));
    CHECK(matches("ababab", "*abab"));
    CHECK(matches("mississippi", "m*issip*"));
    CHECK_FALSE(matches("ababab", "*aba"));
    CHECK(matches("abcabd", "*ab?d*") == false);
    CHECK(matches("abcabxd", "*ab?d*"));
}

TEST_CASE("The letter case of the text does not matter, and nothing else is special") {
    CHECK(matches("WWW.Example", "www.example"));
    CHECK(matches("a%b_c\\d[e]", "a%b_c\\d[e]"));
    CHECK_FALSE(matches("axb", "a_b"));
    CHECK_FALSE(matches("axb", "a%b"));
}

TEST_CASE("A pattern that fails late many times over costs no more than the product of both lengths") {
    std::string pattern;
    for (int i = 0; i < 100; ++i) pattern += "*a";
    CHECK_FALSE(matches(std::string(100000, 'a'), pattern + "b"));
}

}  // namespace custdkim::test
