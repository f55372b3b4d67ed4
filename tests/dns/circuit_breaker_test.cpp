#include "dns/circuit_breaker.hpp"

#include <catch2/catch.hpp>

using namespace custdkim;
using namespace custdkim::dns;

namespace {

const ServerAddress server{"192.0.2.1", 53};
constexpr Duration start(1000);
constexpr Duration rest(15);

}  // namespace

TEST_CASE("A server rests after some failures in a row, and for as long as it was told") {
    CircuitBreaker breaker(rest, 3);
    breaker.failed(server, "first", start);
    breaker.failed(server, "second", start);
    CHECK_FALSE(breaker.resting(server, start));
    breaker.failed(server, "third", start);
    CHECK(breaker.resting(server, start) == "third");
    CHECK(breaker.resting(server, start + rest - Duration(1)) == "third");
    CHECK_FALSE(breaker.resting(server, start + rest));
}

TEST_CASE("An answer between failures makes them start again") {
    CircuitBreaker breaker(rest, 2);
    breaker.failed(server, "lost", start);
    breaker.answered(server);
    breaker.failed(server, "lost", start);
    CHECK_FALSE(breaker.resting(server, start));
}

TEST_CASE("A server can be sent to rest at once, and no other rests with it") {
    CircuitBreaker breaker(rest);
    breaker.rest(server, "dead", start);
    CHECK(breaker.resting(server, start) == "dead");
    CHECK_FALSE(breaker.resting({"192.0.2.1", 54}, start));
    breaker.answered(server);
    CHECK_FALSE(breaker.resting(server, start));
}

TEST_CASE("One failure after its rest sends a server back to rest") {
    CircuitBreaker breaker(rest, 3);
    for (int i = 0; i < 3; ++i) breaker.failed(server, "dead", start);
    breaker.failed(server, "still dead", start + rest);
    CHECK(breaker.resting(server, start + rest) == "still dead");
}
