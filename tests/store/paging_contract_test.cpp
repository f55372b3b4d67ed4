// Contract of every store: lists, page by page.
#include <catch2/catch.hpp>

#include <limits>
#include <set>

#include "each_store.hpp"

namespace custdkim::test {

namespace {

std::string label_of(int number) {
    std::string text = std::to_string(number);
    return std::string(6 - text.size(), 'a') + text;
}

// Keys k0, k1, ... of acme.example, each with a selector of its own; every third is of b.example.
void put_keys(World& world, int from, int to) {
    for (int i = from; i < to; ++i) {
        Key key = key_of(i % 3 == 2 ? "b.example" : "acme.example", "k" + std::to_string(i), {label_of(i)});
        key.slots[0].selector = "s" + std::to_string(i);
        world.put(key);
    }
}

KeyPage page(World& world, const std::string& after, std::size_t limit,
             std::optional<dns::Name> domain = {}) {
    return world.store().list({std::move(domain), after, limit}).value();
}

Ids all_pages(World& world, std::size_t limit, const std::optional<dns::Name>& domain = {}) {
    Ids seen;
    std::string after;
    do {
        const KeyPage next = page(world, after, limit, domain);
        CHECK(next.keys.size() <= limit);
        for (const Key& key : next.keys) seen.push_back(key.id);
        after = next.next;
    } while (!after.empty());
    return seen;
}

}  // namespace

TEMPLATE_TEST_CASE("An empty store has one empty page", "", EACH_STORE) {
    TestType world;
    const KeyPage only = page(world, "", 10);
    CHECK(only.keys.empty());
    CHECK(only.next.empty());
}

TEMPLATE_TEST_CASE("Pages of any size show every key once and oldest first", "", EACH_STORE) {
    TestType world;
    put_keys(world, 0, 10);
    Ids expected;
    for (int i = 0; i < 10; ++i) expected.push_back("k" + std::to_string(i));
    for (const std::size_t limit :
         {1UL, 2UL, 3UL, 9UL, 10UL, 11UL, std::numeric_limits<std::size_t>::max()}) {
        CHECK(all_pages(world, limit) == expected);
    }
}

TEMPLATE_TEST_CASE("The last page says so even when it is full", "", EACH_STORE) {
    TestType world;
    put_keys(world, 0, 4);
    const KeyPage first = page(world, "", 2);
    CHECK_FALSE(first.next.empty());
    const KeyPage second = page(world, first.next, 2);
    CHECK(ids(second.keys) == Ids{"k2", "k3"});
    CHECK(second.next.empty());
}

TEMPLATE_TEST_CASE("A list has the keys whole", "", EACH_STORE) {
    TestType world;
    Key first = sample_key("k1", {"aaaaaa", "bbbbbb", "cccccc"});
    first.slots[1].pairs.clear();
    first.slots[2].pairs.push_back(sample_pair(7, first.type, 7));
    const Key second = key_of("b.example", "k2", {"dddddd", "eeeeee"});
    world.put(first);
    world.put(second);
    const KeyPage all = page(world, "", 10);
    REQUIRE(all.keys.size() == 2);
    CHECK((all.keys[0] == first));
    CHECK((all.keys[1] == second));
}

TEMPLATE_TEST_CASE("Keys that are added while somebody pages come at the end", "", EACH_STORE) {
    TestType world;
    put_keys(world, 0, 4);
    const KeyPage first = page(world, "", 3);
    put_keys(world, 4, 6);
    const KeyPage second = page(world, first.next, 3);
    CHECK(ids(second.keys) == Ids{"k3", "k4", "k5"});
    CHECK(second.next.empty());
}

TEMPLATE_TEST_CASE("Keys that are erased while somebody pages shift nothing", "", EACH_STORE) {
    TestType world;
    put_keys(world, 0, 6);
    const KeyPage first = page(world, "", 3);
    for (const char* id : {"k0", "k2", "k3"}) REQUIRE(world.erase(world.get(id), new_year()).has_value());
    CHECK(ids(page(world, first.next, 3).keys) == Ids{"k4", "k5"});
}

TEMPLATE_TEST_CASE("A cursor behind the last key stays behind it when that key is erased", "", EACH_STORE) {
    TestType world;
    put_keys(world, 0, 3);
    const KeyPage first = page(world, "", 2);
    REQUIRE(world.erase(world.get("k2"), new_year()).has_value());
    put_keys(world, 5, 6);  // must not get the place of k2 in front of a cursor that is behind it
    CHECK(ids(page(world, first.next, 2).keys) == Ids{"k5"});
}

TEMPLATE_TEST_CASE("A list of one domain has its keys alone on pages of any size", "", EACH_STORE) {
    TestType world;
    put_keys(world, 0, 10);
    for (const std::size_t limit : {1UL, 2UL, 3UL, 4UL}) {
        CHECK(all_pages(world, limit, name("b.example")) == Ids{"k2", "k5", "k8"});
    }
    CHECK(all_pages(world, 2, name("example")).empty());
}

TEMPLATE_TEST_CASE("Every key of a page has a cursor, which is the one to go on behind it with", "",
                   EACH_STORE) {
    TestType world;
    put_keys(world, 0, 7);
    for (const std::string prefix : {"", "acme", "b"}) {
        const KeyPage all = world.store().list({{}, "", 100, "", prefix}).value();
        REQUIRE(all.cursors.size() == all.keys.size());
        for (std::size_t i = 0; i < all.keys.size(); ++i) {
            const KeyPage rest = world.store().list({{}, all.cursors[i], 100, "", prefix}).value();
            Ids behind = ids(all.keys);
            behind.erase(behind.begin(), behind.begin() + static_cast<long>(i) + 1);
            CHECK(ids(rest.keys) == behind);
        }
    }
}

TEMPLATE_TEST_CASE("Keys are found by how their domains begin, in the order of these", "", EACH_STORE) {
    TestType world;
    int number = 0;
    for (const char* domain :
         {"acme.example", "acme-corp.example", "b.example", "acm.example", "acme.example",
          "xn--mller-kva.example", "zacme.example", "acme.example", "acmf.example"}) {
        Key key = key_of(domain, "k" + std::to_string(number), {label_of(number)});
        key.slots[0].selector = "s" + std::to_string(number);
        key.org = number % 2 == 0 ? "even" : "odd";
        world.put(key);
        ++number;
    }
    const auto all = [&](const std::string& prefix, const std::string& org, std::size_t limit) {
        Ids seen;
        KeyFilter filter{{}, "", limit, org, prefix};
        do {
            const KeyPage next = world.store().list(filter).value();
            CHECK(next.keys.size() <= limit);
            for (const Key& key : next.keys) seen.push_back(key.id);
            filter.after = next.next;
        } while (!filter.after.empty());
        return seen;
    };
    for (const std::size_t limit : {1UL, 2UL, 3UL, 100UL}) {
        CHECK(all("acme", "", limit) == Ids{"k1", "k0", "k4", "k7"});
        CHECK(all("acme.example", "", limit) == Ids{"k0", "k4", "k7"});
        CHECK(all("acme", "odd", limit) == Ids{"k1", "k7"});
        CHECK(all("acm", "even", limit) == Ids{"k0", "k4", "k8"});
        CHECK(all("xn--mller-kva.ex", "", limit) == Ids{"k5"});
        CHECK(all("z", "", limit) == Ids{"k6"});
        CHECK(all("acme", "nobody", limit).empty());
    }
}

TEMPLATE_TEST_CASE("A page by domains goes on behind a key that is gone", "", EACH_STORE) {
    TestType world;
    put_keys(world, 0, 5);  // k2 is of b.example
    const KeyPage first = world.store().list({{}, "", 2, "", "acme"}).value();
    CHECK(ids(first.keys) == Ids{"k0", "k1"});
    REQUIRE(world.erase(world.get("k1")).has_value());
    CHECK(ids(world.store().list({{}, first.next, 9, "", "acme"}).value().keys) == Ids{"k3", "k4"});
    for (const char* other : {"1", "acme.example", "acme.example/", "acme.example/x", "b.example/1"}) {
        CHECK(world.store().list({{}, other, 9, "", "acme"}).has_error());
    }
}

TEMPLATE_TEST_CASE("A cursor that no list gave out is refused", "", EACH_STORE) {
    TestType world;
    put_keys(world, 0, 3);
    const std::string cursor = GENERATE("x", "-1", "1x", " 1", "1 ", "0x1", "9223372036854775808",
                                        "99999999999999999999", "1;DROP TABLE key");
    const auto refused = world.store().list({std::nullopt, cursor, 10});
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == Errc::invalid);
    CHECK(refused.error().detail.find("'" + cursor + "'") != std::string::npos);
}

TEMPLATE_TEST_CASE("A cursor beyond all keys is an empty last page", "", EACH_STORE) {
    TestType world;
    put_keys(world, 0, 3);
    const KeyPage beyond = page(world, "9223372036854775807", 10);
    CHECK(beyond.keys.empty());
    CHECK(beyond.next.empty());
}

TEMPLATE_TEST_CASE("Visiting every key sees each one once and whole", "", EACH_STORE) {
    TestType world;
    put_keys(world, 0, 7);
    std::set<std::string> seen;
    REQUIRE(world.store()
                .for_each_key([&](const Key& key) {
                    CHECK(seen.insert(key.id).second);
                    CHECK(key.slots.at(0).pairs.size() == 1);
                })
                .has_value());
    CHECK(seen.size() == 7);
    CHECK(world.count() == 7);
}

}  // namespace custdkim::test
