#include "base/latency.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using namespace custdkim;
using namespace std::chrono_literals;

TEST_CASE("What takes as long as a bound is within it, and what takes longer is not") {
    Latency latency;
    latency.add(1us);
    latency.add(1001ns);
    latency.add(2h);
    const auto reading = latency.read();
    CHECK(reading.buckets.front() == 1);
    CHECK(reading.buckets[1] == 1);
    CHECK(reading.buckets.back() == 1);
    CHECK(reading.count() == 3);
    CHECK(reading.sum == 1us + 1001ns + 2h);
}

TEST_CASE("The bounds of the buckets rise") {
    CHECK(std::is_sorted(Latency::bounds.begin(), Latency::bounds.end()));
    CHECK(std::adjacent_find(Latency::bounds.begin(), Latency::bounds.end()) == Latency::bounds.end());
}

TEST_CASE("Nothing is lost where several threads add") {
    Latency latency;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (int n = 0; n < 10000; ++n) latency.add(3us);
            });
        }
    }
    CHECK(latency.read().count() == 40000);
    CHECK(latency.read().sum == 40000 * 3us);
}

TEST_CASE("Readings add up bucket by bucket") {
    Latency a, b;
    a.add(1us);
    b.add(1us);
    b.add(1ms);
    Latency::Reading sum = a.read();
    sum += b.read();
    CHECK(sum.buckets[0] == 2);
    CHECK(sum.count() == 3);
    CHECK(sum.sum == 2us + 1ms);
}
