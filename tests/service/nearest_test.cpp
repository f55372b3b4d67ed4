// Which word was meant.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "service/nearest.hpp"

namespace custdkim::test {

namespace {

const std::vector<std::string> options = {"name", "nameservers", "hostmaster", "ttl", "negative_ttl"};

}  // namespace

TEST_CASE("A slip of one letter finds its word") {
    CHECK(nearest("nam", options) == "name");
    CHECK(nearest("namee", options) == "name");
    CHECK(nearest("tll", options) == "ttl");
    CHECK(nearest("nameserver", options) == "nameservers");
    CHECK(nearest("hostmastre", options) == "hostmaster");
}

TEST_CASE("The word itself is nearest to itself") {
    for (const std::string& option : options) CHECK(nearest(option, options) == option);
}

TEST_CASE("Among equally near words the first one is meant") {
    const std::vector<std::string> pair = {"bat", "cat"};
    CHECK(nearest("rat", pair) == "bat");
}

TEST_CASE("What resembles nothing finds nothing") {
    CHECK_FALSE(nearest("qqqqqqqqqq", options));
    CHECK_FALSE(nearest("name", {}));
    CHECK_FALSE(nearest(std::string(100, 'x'), options));
}

}  // namespace custdkim::test
