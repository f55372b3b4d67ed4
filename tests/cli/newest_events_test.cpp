#include "cli/newest_events.hpp"

#include <catch2/catch.hpp>
#include <vector>

namespace custdkim::cli {

namespace {

using nlohmann::ordered_json;
using Numbers = std::vector<std::uint64_t>;

// A log with events of these numbers, and how often it was asked.
struct Log {
    Numbers numbers;
    std::size_t questions = 0, told = 0;

    ReadEvents reader() {
        return [this](std::uint64_t after, std::size_t most) {
            ++questions;
            ordered_json events = ordered_json::array();
            for (const std::uint64_t number : numbers) {
                if (number > after && events.size() < most) events.push_back({{"number", number}});
            }
            told += events.size();
            return std::optional(std::move(events));
        };
    }

    Numbers newest(std::uint64_t after, std::size_t count) {
        const auto events = newest_events(reader(), after, count);
        Numbers found;
        for (const auto& event : events.value()) found.push_back(event.at("number").get<std::uint64_t>());
        return found;
    }
};

Numbers counted(std::uint64_t from, std::uint64_t to) {
    Numbers numbers;
    for (; from <= to; ++from) numbers.push_back(from);
    return numbers;
}

}  // namespace

TEST_CASE("The newest events are the last ones, oldest first") {
    CHECK(Log{counted(1, 10)}.newest(0, 3) == Numbers{8, 9, 10});
    CHECK(Log{counted(1, 10)}.newest(0, 1) == Numbers{10});
    CHECK(Log{counted(1, 3)}.newest(0, 5) == counted(1, 3));
    CHECK(Log{{}}.newest(0, 5) == Numbers{});
    CHECK(Log{counted(1, 10)}.newest(8, 5) == Numbers{9, 10});
    CHECK(Log{counted(1, 10)}.newest(10, 5) == Numbers{});
    CHECK(Log{counted(1, 10)}.newest(50, 5) == Numbers{});
}

TEST_CASE("Numbers may have gaps, as they have where only one key is wanted") {
    CHECK(Log{{3, 900, 901, 70'000, 5'000'000'000}}.newest(0, 2) == Numbers{70'000, 5'000'000'000});
    CHECK(Log{{3, 900, 901, 70'000, 5'000'000'000}}.newest(0, 4) == Numbers{900, 901, 70'000, 5'000'000'000});
    CHECK(Log{{7}}.newest(0, 2) == Numbers{7});
}

TEST_CASE("A long log is not read from its beginning") {
    Log log{counted(1, 200'000)};
    CHECK(log.newest(0, 20) == counted(199'981, 200'000));
    CHECK(log.questions < 100);
    CHECK(log.told < 200);
}

TEST_CASE("Where the log cannot be read there is nothing") {
    CHECK(!newest_events([](std::uint64_t, std::size_t) { return std::optional<ordered_json>(); }, 0, 5));
}

}  // namespace custdkim::cli
