#include "keys/key_roll.hpp"

#include <catch2/catch.hpp>

#include "tests/support/sample_keys.hpp"

namespace custdkim::test {

namespace {

RollPlace place(long created_at, const std::string& id) { return {new_year(created_at), id}; }

std::string page(const KeyRoll& roll, const std::string& cursor, const std::string& org, std::size_t limit) {
    std::string ids;
    for (const RollPlace& each : roll.behind(read_place(cursor).value(), org, limit)) ids += each.id + " ";
    return ids;
}

}  // namespace

TEST_CASE("A roll has keys oldest first, of all organisations and of each") {
    KeyRoll roll;
    roll.enter("a", place(3, "k1"));
    roll.enter("b", place(1, "k3"));
    roll.enter("a", place(1, "k2"));
    CHECK(page(roll, "", "", 10) == "k2 k3 k1 ");
    CHECK(page(roll, "", "", 2) == "k2 k3 ");
    CHECK(page(roll, "", "a", 10) == "k2 k1 ");
    CHECK(page(roll, "", "c", 10).empty());
    CHECK(page(roll, to_cursor(place(1, "k2")), "", 10) == "k3 k1 ");
    roll.strike("b", place(1, "k3"));
    roll.strike("b", place(1, "k3"));
    CHECK(page(roll, to_cursor(place(1, "k3")), "", 10) == "k1 ");  // behind a key that is gone
    CHECK(page(roll, "", "b", 10).empty());
}

TEST_CASE("A cursor that no roll gave out is refused") {
    for (const std::string broken : {"x", "12", "/k1", "12x/k1", "99999999999999999999/k1"}) {
        CAPTURE(broken);
        CHECK(read_place(broken).has_error());
    }
    CHECK((read_place(to_cursor(place(5, "k/1"))).value() == place(5, "k/1")));
}

}  // namespace custdkim::test
