// Counting, forgetting, and clocks that are stepped.
#include "sending/signature_counts.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "tests/support/sample_keys.hpp"

namespace custdkim::test {

using std::chrono::days;
using std::chrono::hours;

TEST_CASE("Hours that ended longer ago than mail is under way are forgotten") {
    SignatureCounts counts{days(5)};
    counts.add("k1", new_year());
    counts.add("k2", new_year() + days(1));
    counts.add("k1", new_year() + days(5));
    CHECK(counts.since("k1", new_year()) == 2);
    counts.add("k1", new_year() + days(5) + hours(1));
    CHECK(counts.since("k1", new_year()) == 2);
    CHECK(counts.since("k2", new_year()) == 1);
    counts.add("k1", new_year() + days(7));
    CHECK(counts.since("k1", new_year()) == 3);
    CHECK(counts.since("k2", new_year()) == 0);
}

TEST_CASE("A clock that is stepped back counts on in an earlier hour") {
    SignatureCounts counts{days(5)};
    for (const long hour : {10, 11, 9, 11, 10, 9}) counts.add("k1", new_year() + hours(hour));
    CHECK(counts.since("k1", new_year() + hours(9)) == 6);
    CHECK(counts.since("k1", new_year() + hours(10)) == 4);
    CHECK(counts.since("k1", new_year() + hours(11)) == 2);
}

TEST_CASE("Times before 1970 are hours too") {
    SignatureCounts counts{days(5)};
    counts.add("k1", Timestamp(Duration(-1)));
    CHECK(counts.since("k1", Timestamp(Duration(-3600))) == 1);
    CHECK(counts.since("k1", Timestamp()) == 0);
}

TEST_CASE("Threads that count at once lose nothing") {
    SignatureCounts counts{days(5)};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&counts] {
            for (int n = 0; n < 1000; ++n) counts.add("k" + std::to_string(n % 3), new_year(n * 10));
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(counts.since("k0", new_year()) + counts.since("k1", new_year()) + counts.since("k2", new_year()) ==
          4000);
}

}  // namespace custdkim::test
