#include "base/random.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <set>
#include <vector>

using namespace custdkim;

namespace {

// Says what it was told to say, eight octets at a time; the last word for ever.
class ScriptedRandom final : public Random {
  public:
    explicit ScriptedRandom(std::vector<std::uint64_t> words) : words_(std::move(words)) {}
    void fill(std::span<std::uint8_t> bytes) override {
        REQUIRE(bytes.size() == sizeof(std::uint64_t));
        std::memcpy(bytes.data(), &words_[std::min(drawn_, words_.size() - 1)], bytes.size());
        ++drawn_;
    }
    std::size_t drawn() const { return drawn_; }

  private:
    std::vector<std::uint64_t> words_;
    std::size_t drawn_ = 0;
};

std::vector<std::uint64_t> some_draws(std::uint64_t seed) {
    SeededRandom random(seed);
    std::vector<std::uint64_t> draws;
    for (int i = 0; i < 50; ++i) draws.push_back(random.below(1000));
    return draws;
}

}  // namespace

TEST_CASE("A draw lies below its bound, and every value comes up") {
    SeededRandom random(1);
    const std::uint64_t bound = GENERATE(1U, 2U, 3U, 10U, 36U, 255U, 256U);
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 10000; ++i) seen.insert(random.below(bound));
    CHECK(seen.size() == bound);
    CHECK(*seen.rbegin() == bound - 1);
}

TEST_CASE("The whole range of 64 bits can be asked for") {
    ScriptedRandom random(
        {0, UINT64_MAX - 1});  // both 0 and 2^64 - 1 would become 0: one of them is drawn again
    CHECK(random.below(UINT64_MAX) == UINT64_MAX - 1);
}

TEST_CASE("A word that would make low results likelier is drawn again") {
    constexpr std::uint64_t bound = 3ULL << 62;  // 2^64 mod bound is 2^62
    constexpr std::uint64_t unfair = 1ULL << 62;
    ScriptedRandom random({0, unfair - 1, unfair});
    CHECK(random.below(bound) == unfair);
    CHECK(random.drawn() == 3);
}

TEST_CASE("Draws are even where a plain remainder would be lopsided") {
    // Of the words mod 3 * 2^62, half would fall in the lowest third.
    SeededRandom random(2);
    constexpr int draws = 30000;
    std::array<int, 3> thirds{};
    for (int i = 0; i < draws; ++i) ++thirds[random.below(3ULL << 62) >> 62];
    for (const int count : thirds) CHECK(count == Approx(draws / 3.0).epsilon(0.05));
}

TEST_CASE("A text has the length and the alphabet that were asked for") {
    SeededRandom random(3);
    const std::string text = random.text(1000, "abc");
    CHECK(text.size() == 1000);
    CHECK(text.find_first_not_of("abc") == std::string::npos);
    for (const char c : {'a', 'b', 'c'}) CHECK(text.find(c) != std::string::npos);
    CHECK(random.text(0, "abc").empty());
}

TEST_CASE("The same seed gives the same draws, another seed others") {
    CHECK(some_draws(7) == some_draws(7));
    CHECK(some_draws(7) != some_draws(8));
}

TEST_CASE("A seeded generator fills every octet of an odd length") {
    SeededRandom random(4);
    std::array<std::set<int>, 11> seen;
    for (int i = 0; i < 20; ++i) {
        std::array<std::uint8_t, 11> bytes{};
        random.fill(bytes);
        for (std::size_t at = 0; at < bytes.size(); ++at) seen[at].insert(bytes[at]);
    }
    for (const auto& values : seen) CHECK(values.size() > 1);
}

TEST_CASE("The system's generator fills what it is given, and never twice the same") {
    SystemRandom random;
    std::vector<std::uint8_t> first(1000), second(1000);
    random.fill(first);
    random.fill(second);
    CHECK(first != second);
    CHECK(std::set<std::uint8_t>(first.begin(), first.end()).size() > 200);
    random.fill({});
}
