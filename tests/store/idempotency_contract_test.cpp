// Contract of every store: a creation that is asked for twice with the same idempotency key happens once.
#include <catch2/catch.hpp>

#include "each_store.hpp"

namespace custdkim::test {

namespace {

constexpr auto day = std::chrono::hours(24);

Sha256 request(int octet) {
    Sha256 digest{};
    digest.fill(static_cast<std::uint8_t>(octet));
    return digest;
}

Insertion insert(World& world, const Key& key, const IdempotencyKey& once, Timestamp now = new_year()) {
    return world.store().insert({key, secrets_of(key), event_of(key, "create"), once}, now).value();
}

std::string earlier(World& world, const std::string& caller, const std::string& key, Timestamp now) {
    const auto found = world.store().earlier(caller, key, now).value();
    return found ? found->key_id : "none";
}

}  // namespace

TEMPLATE_TEST_CASE("The second creation with the same idempotency key makes nothing", "", EACH_STORE) {
    TestType world;
    CHECK_FALSE(world.store().earlier("operator", "once", new_year()).value());
    const Insertion first = insert(world, numbered_key(1), {"operator", "once", request(1)});
    CHECK(first.status == Insertion::Status::done);
    const auto kept = world.store().earlier("operator", "once", new_year()).value();
    REQUIRE(kept);
    CHECK(kept->key_id == numbered_key(1).id);
    CHECK((kept->request == request(1)));
    const Serial serial = world.zone().serial;
    for (const int octet : {1, 2}) {
        const Insertion again = insert(world, numbered_key(2), {"operator", "once", request(octet)});
        CHECK(again.status == Insertion::Status::repeated);
    }
    CHECK(world.count() == 1);
    CHECK(world.zone().serial == serial);
    CHECK(world.store().events({}).value().size() == 1);
    CHECK(insert(world, numbered_key(2), {"operator", "twice", request(1)}).status ==
          Insertion::Status::done);  // its labels were not used up
}

TEMPLATE_TEST_CASE("Idempotency keys of different callers are different", "", EACH_STORE) {
    TestType world;
    insert(world, numbered_key(1), {"operator", "once", request(1)});
    CHECK(insert(world, numbered_key(2), {"token:ci", "once", request(1)}).status == Insertion::Status::done);
    CHECK(earlier(world, "operator", "once", new_year()) == numbered_key(1).id);
    CHECK(earlier(world, "token:ci", "once", new_year()) == numbered_key(2).id);
    CHECK(earlier(world, "token:c", "ionce", new_year()) == "none");
}

TEMPLATE_TEST_CASE("An idempotency key means something else a day later", "", EACH_STORE) {
    TestType world;
    insert(world, numbered_key(1), {"operator", "once", request(1)});
    CHECK(earlier(world, "operator", "once", new_year() + day - Duration(1)) == numbered_key(1).id);
    CHECK(earlier(world, "operator", "once", new_year() + day) == "none");
    CHECK(insert(world, numbered_key(2), {"operator", "once", request(2)}, new_year() + day).status ==
          Insertion::Status::done);
    CHECK(earlier(world, "operator", "once", new_year() + day) == numbered_key(2).id);
}

TEMPLATE_TEST_CASE("A creation that is refused leaves no idempotency key", "", EACH_STORE) {
    TestType world;
    world.put(numbered_key(1));
    Key again = numbered_key(1);
    again.id = "another";
    CHECK(insert(world, again, {"operator", "once", request(1)}).status == Insertion::Status::selector_taken);
    CHECK(earlier(world, "operator", "once", new_year()) == "none");
}

TEMPLATE_TEST_CASE("An idempotency key outlives its key, so that nothing is made again", "", EACH_STORE) {
    TestType world;
    insert(world, numbered_key(1), {"operator", "once", request(1)});
    REQUIRE(world.erase(world.get(numbered_key(1).id)).has_value());
    CHECK(insert(world, numbered_key(2), {"operator", "once", request(1)}).status ==
          Insertion::Status::repeated);
}

}  // namespace custdkim::test
