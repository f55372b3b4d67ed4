// What is kept by name: bounded, and forgotten by branches.
#include "lab/resolver/bounded_map.hpp"

#include <catch2/catch.hpp>

namespace custdkim::lab::test {

namespace {

constexpr Timestamp now{Duration(1000)};

// A name and what the cache puts behind it.
std::string key(std::string_view name, const std::string& behind = {}) {
    return wire_name(name).value() + behind;
}

}  // namespace

TEST_CASE("What is at or below a name is forgotten, and nothing that only looks like it") {
    BoundedMap<int> map(100);
    const std::vector<std::string> gone = {key("acme.example"), key("acme.example", "\1\2"),
                                           key("s1._domainkey.acme.example", "\1\2")};
    const std::vector<std::string> kept = {key("example"),       key("example", "\4acme"),
                                           key("xacme.example"), key("acme.example.net"),
                                           key("acmf.example"),  key("."),
                                           key("acme")};
    for (const auto& keys : {gone, kept}) {
        for (const std::string& each : keys) map.put(each, std::make_shared<int>(1), now + Duration(9));
    }
    map.forget(wire_name("acme.example").value());
    for (const std::string& each : gone) CHECK_FALSE(map.find(each, now));
    for (const std::string& each : kept) CHECK(map.find(each, now));
    CHECK(map.size() == kept.size());
    map.forget(wire_name(".").value());
    CHECK(map.size() == 0);
}

TEST_CASE("The least recently used goes first, and what is past its time is gone") {
    BoundedMap<int> map(2);
    map.put(key("a"), std::make_shared<int>(1), now + Duration(9));
    map.put(key("b"), std::make_shared<int>(2), now + Duration(1));
    CHECK(map.find(key("a"), now));
    map.put(key("c"), std::make_shared<int>(3), now + Duration(9));
    CHECK_FALSE(map.find(key("b"), now));
    map.put(key("b"), std::make_shared<int>(2), now + Duration(1));
    CHECK_FALSE(map.find(key("a"), now));
    CHECK_FALSE(map.find(key("b"), now + Duration(1)));
    CHECK(map.size() == 1);
    map.forget(key("b"));
    map.forget(key("c"));
    CHECK(map.size() == 0);
}

}  // namespace custdkim::lab::test
