#include "keys/serial.hpp"

#include <catch2/catch.hpp>

#include "base/random.hpp"

using namespace custdkim;

namespace {

Timestamp at(std::int64_t seconds) { return Timestamp(Duration(seconds)); }

}  // namespace

TEST_CASE("Serials are compared as RFC 1982 has it, around the wrap as well") {
    CHECK(is_newer(2, 1));
    CHECK_FALSE(is_newer(1, 2));
    CHECK_FALSE(is_newer(1, 1));
    CHECK(is_newer(0, 0xffffffff));
    CHECK_FALSE(is_newer(0xffffffff, 0));
    CHECK(is_newer(0x7fffffff, 0));
    CHECK(is_newer(0x80000010, 0x11));
    CHECK_FALSE(is_newer(0x80000011, 0x10));
}

TEST_CASE("Serials half the circle apart are not newer than one another") {
    CHECK_FALSE(is_newer(0x80000000, 0));
    CHECK_FALSE(is_newer(0, 0x80000000));
}

TEST_CASE("The serial follows the clock") {
    CHECK(next_serial(0, at(1'800'000'000)) == 1'800'000'000);
    CHECK(next_serial(1'799'999'999, at(1'800'000'000)) == 1'800'000'000);
}

TEST_CASE("The second change within a second counts on") {
    CHECK(next_serial(1'800'000'000, at(1'800'000'000)) == 1'800'000'001);
    CHECK(next_serial(1'800'000'001, at(1'800'000'000)) == 1'800'000'002);
}

TEST_CASE("A clock that steps back does not take the serial with it") {
    CHECK(next_serial(1'800'000'000, at(1'700'000'000)) == 1'800'000'001);
    CHECK(next_serial(1'800'000'000, at(0)) == 1'800'000'001);
    CHECK(next_serial(1'800'000'000, at(-1)) != 1'800'000'000);
}

TEST_CASE("A clock that is absurdly ahead moves the serial by one, as secondaries would not see a jump") {
    CHECK(next_serial(1'800'000'000, at(1'800'000'000LL + 0x80000000LL)) == 1'800'000'001);
    CHECK(next_serial(1'800'000'000, at(1'800'000'000LL + 0x90000000LL)) == 1'800'000'001);
    CHECK(next_serial(5, at(0x80000006)) == 6);
}

TEST_CASE("The serial wraps around when its 32 bits end") {
    CHECK(next_serial(0xffffffff, at(1'800'000'000)) == 1'800'000'000);  // newer by RFC 1982
    CHECK(next_serial(0xffffffff, at(0xffffffff)) == 0);
    CHECK(next_serial(0xffffffff, at(0x100000005)) == 5);  // in the year 2106
}

TEST_CASE("Whatever the clock says, every change has a newer serial than the one before") {
    SeededRandom random(1);
    Serial serial = 0;
    for (int i = 0; i < 100000; ++i) {
        const Serial next =
            next_serial(serial, at(static_cast<std::int64_t>(random.below(1ULL << 40)) - (1LL << 39)));
        if (!is_newer(next, serial)) FAIL("from " << serial << " to " << next);
        serial = next;
    }
}
