// Contract of every store: what PowerDNS keeps with us.
#include <catch2/catch.hpp>

#include <limits>

#include "each_store.hpp"

namespace custdkim::test {

namespace {

// "zone kind values" of all that is stored.
std::vector<std::string> metadata(World& world) {
    std::vector<std::string> lines;
    for (const SealedMetadata& one : world.administration().all_metadata().value()) {
        lines.push_back(std::to_string(one.zone) + " " + one.kind + " " +
                        std::string(one.values.begin(), one.values.end()));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

SealedDomainKey domain_key(std::uint32_t zone, const std::string& content) {
    return {0, zone, 257, true, false, bytes(content)};
}

// "id zone flags active published content".
std::vector<std::string> domain_keys(World& world) {
    std::vector<std::string> lines;
    for (const SealedDomainKey& key : world.administration().all_domain_keys().value()) {
        lines.push_back(std::to_string(key.id) + " " + std::to_string(key.zone) + " " +
                        std::to_string(key.flags) + (key.active ? " active" : " -") +
                        (key.published ? " published " : " - ") +
                        std::string(key.content.begin(), key.content.end()));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEMPLATE_TEST_CASE("Metadata is kept by zone and kind, replaced, and removed", "", EACH_STORE) {
    TestType world;
    world.store().open_zones(std::vector{our_zone, name("other.example")}, new_year()).value();
    CHECK(metadata(world) == Lines());
    AdministrationStore& store = world.administration();
    CHECK(store.set_metadata({1, "ALSO-NOTIFY", bytes("one")}).has_value());
    CHECK(store.set_metadata({2, "ALSO-NOTIFY", bytes("two")}).has_value());
    CHECK(store.set_metadata({1, "X-'; --", Bytes()}).has_value());
    CHECK(metadata(world) == Lines{"1 ALSO-NOTIFY one", "1 X-'; -- ", "2 ALSO-NOTIFY two"});
    CHECK(store.set_metadata({1, "ALSO-NOTIFY", bytes("newer")}).has_value());
    CHECK(store.remove_metadata(1, "X-'; --").has_value());
    CHECK(metadata(world) == Lines{"1 ALSO-NOTIFY newer", "2 ALSO-NOTIFY two"});

    SECTION("and what is not there can be removed") {
        CHECK(store.remove_metadata(1, "also-notify").has_value());
        CHECK(store.remove_metadata(3, "ALSO-NOTIFY").has_value());
        CHECK(metadata(world).size() == 2);
    }
    SECTION("and a zone that the store does not know has none") {
        CHECK(store.set_metadata({3, "ALSO-NOTIFY", bytes("three")}).has_error());
        CHECK(metadata(world).size() == 2);
    }
}

TEMPLATE_TEST_CASE("A DNSSEC key gets an id that no other key had before", "", EACH_STORE) {
    TestType world;
    AdministrationStore& store = world.administration();
    CHECK(store.add_domain_key(domain_key(1, "a")).value() == 1);
    CHECK(store.add_domain_key(domain_key(1, "b")).value() == 2);
    CHECK(domain_keys(world) == Lines{"1 1 257 active - a", "2 1 257 active - b"});
    CHECK(store.remove_domain_key(1, 2).has_value());
    CHECK(store.add_domain_key(domain_key(1, "c")).value() == 3);
    CHECK(domain_keys(world) == Lines{"1 1 257 active - a", "3 1 257 active - c"});
    CHECK(store.add_domain_key(domain_key(2, "d")).has_error());
    CHECK(domain_keys(world).size() == 2);
}

TEMPLATE_TEST_CASE("A DNSSEC key is changed and removed by its zone and id only", "", EACH_STORE) {
    TestType world;
    world.store().open_zones(std::vector{our_zone, name("other.example")}, new_year()).value();
    AdministrationStore& store = world.administration();
    store.add_domain_key(domain_key(1, "a")).value();
    store.add_domain_key(domain_key(2, "b")).value();
    CHECK(store.set_domain_key(1, 1, false, true).has_value());
    CHECK(domain_keys(world) == Lines{"1 1 257 - published a", "2 2 257 active - b"});
    for (const auto& [zone, id] : {std::pair(1U, 2U), {2U, 1U}, {1U, 3U}, {1U, 0U}}) {
        CHECK(store.set_domain_key(zone, id, true, true).error().code == Errc::not_found);
        CHECK(store.remove_domain_key(zone, id).error().code == Errc::not_found);
    }
    CHECK(store.remove_domain_key(2, 2).has_value());
    CHECK(domain_keys(world) == Lines{"1 1 257 - published a"});
    CHECK(store.remove_domain_key(2, 2).error().code == Errc::not_found);
}

TEMPLATE_TEST_CASE("A TSIG key is kept by its name, replaced, and removed", "", EACH_STORE) {
    TestType world;
    AdministrationStore& store = world.administration();
    CHECK(store.set_tsig_key({"transfer", "hmac-sha256", bytes("one")}).has_value());
    CHECK(store.set_tsig_key({"other", "hmac-sha1", bytes("two")}).has_value());
    CHECK(store.set_tsig_key({"transfer", "hmac-sha512", bytes("three")}).has_value());
    CHECK(store.remove_tsig_key("other").has_value());
    CHECK(store.remove_tsig_key("other").error().code == Errc::not_found);
    const auto keys = store.all_tsig_keys().value();
    REQUIRE(keys.size() == 1);
    CHECK(keys[0].name == "transfer");
    CHECK(keys[0].algorithm == "hmac-sha512");
    CHECK(keys[0].content == bytes("three"));
}

}  // namespace custdkim::test
