#include "keys/label_prefix.hpp"

#include <catch2/catch.hpp>

#include <set>

#include "keys/key.hpp"
#include "registry_world.hpp"

namespace custdkim::test {

TEST_CASE("After each restore labels begin otherwise than ever before") {
    CHECK(label_prefix(0).empty());
    CHECK(label_prefix(1) == "1");
    CHECK(label_prefix(35) == "z");
    CHECK(label_prefix(36) == "10");
    CHECK(label_prefix(most_restores) == "zz");
    std::set<std::string> prefixes;
    for (std::size_t restores = 0; restores <= most_restores; ++restores)
        prefixes.insert(label_prefix(restores));
    CHECK(prefixes.size() == most_restores + 1);
    // Labels with prefixes of one length differ by these, and others by their length.
    for (const std::string& prefix : prefixes) CHECK(prefix.size() + label_length <= 8);
}

TEST_CASE("How often a store was restored must be readable") {
    const auto note = [](std::string_view text) { return std::optional(Bytes(text.begin(), text.end())); };
    CHECK(restores_in(std::nullopt).value() == 0);
    CHECK(restores_in(note("12")).value() == 12);
    for (const char* const bad : {"", "x", "1x", "-1", "1296"}) {
        CHECK((restores_in(note(bad)).error().code == Errc::corrupt));
    }
}

TEST_CASE("A registry puts the prefix in front of what it draws") {
    RegistryWorld world;
    RegistrySettings settings = world.settings();
    settings.label_prefix = "1";
    KeyRegistry registry(settings, world.store, world.ledger, world.pairs, world.publisher, world.clock,
                         world.random);
    for (const Slot& slot : world.create(registry, "acme.example").value().slots) {
        CHECK(slot.label.size() == 1 + label_length);
        CHECK(slot.label.front() == '1');
    }
}

}  // namespace custdkim::test
