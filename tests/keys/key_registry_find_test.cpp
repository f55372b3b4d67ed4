#include <catch2/catch.hpp>

#include "tests/keys/registry_world.hpp"

using namespace custdkim;
using Catch::Matchers::Contains;
using test::RegistryWorld;

TEST_CASE("A key is found by its id") {
    RegistryWorld world;
    const Key key = world.create("acme.example").value();
    world.create("acme.example").value();
    CHECK(world.registry.find(key.id).value() == key);
}

TEST_CASE("A key is found by its domain, however that is typed") {
    RegistryWorld world;
    const Key key = world.create("müller.example").value();
    for (const char* typed :
         {"müller.example", "MÜLLER.example.", "xn--mller-kva.example", "XN--MLLER-KVA.EXAMPLE"}) {
        CHECK(world.registry.find(typed).value() == key);
    }
}

TEST_CASE("A domain with several keys does not name one of them") {
    RegistryWorld world;
    world.create("acme.example").value();
    world.create("acme.example").value();
    const auto found = world.registry.find("acme.example");
    REQUIRE(found.has_error());
    CHECK((found.error().code == Errc::conflict));
    CHECK_THAT(found.error().detail, Contains("acme.example") && Contains("id"));
    CHECK((world.registry.remove("acme.example").error().code == Errc::conflict));
    CHECK(world.key_count() == 2);
}

TEST_CASE("A domain names its live key, and a deleted one only where there is no other") {
    RegistryWorld world;
    const Key old = world.insert_active("kold", {"aaaaaa", "bbbbbb"});
    REQUIRE_FALSE(world.registry.remove(old.id).value().withdrawn);
    CHECK(world.registry.find("acme.example").value().id == old.id);
    const Key fresh = world.create("acme.example", "t1", "t2").value();
    CHECK(world.registry.find("acme.example").value().id == fresh.id);
    CHECK(world.registry.find(old.id).value().id == old.id);
}

TEST_CASE("A key that is not there is not found, whatever was asked for") {
    RegistryWorld world;
    world.create("acme.example").value();
    for (const char* asked :
         {"other.example", "mail.acme.example", "k0000000", "", "co.uk", "not a domain", "a@b"}) {
        const auto found = world.registry.find(asked);
        REQUIRE(found.has_error());
        CHECK((found.error().code == Errc::not_found));
        CHECK((world.registry.remove(asked).error().code == Errc::not_found));
    }
}

TEST_CASE("Keys are listed in the order of their creation, page by page") {
    RegistryWorld world;
    std::vector<std::string> created;
    for (int i = 0; i < 5; ++i)
        created.push_back(world.create("c" + std::to_string(i) + ".example").value().id);
    std::vector<std::string> listed;
    KeyFilter filter;
    filter.limit = 2;
    do {
        const KeyPage page = world.registry.list(filter).value();
        CHECK(page.keys.size() <= 2);
        for (const Key& key : page.keys) listed.push_back(key.id);
        filter.after = page.next;
    } while (!filter.after.empty());
    CHECK(listed == created);
}
