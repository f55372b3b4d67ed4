// The list of a zone, gone on with behind any of its names.
#include <catch2/catch.hpp>

#include "zone_folder.hpp"

namespace custdkim::test {

namespace {

std::string owner_of(const std::string& line) { return line.substr(0, line.find(' ')); }

// Behind each name with records that the zone lists, the rest of the list comes, and nothing else.
void check_every_rest(const ServedZone& zone) {
    Lines whole;
    zone.list(whole);
    for (std::size_t i = 0; i < whole.lines.size(); ++i) {
        const std::string owner = owner_of(whole.lines[i]);
        if (whole.lines[i].ends_with(" -")) continue;  // an empty non-terminal
        if (i + 1 < whole.lines.size() && owner_of(whole.lines[i + 1]) == owner) continue;
        Lines rest;
        REQUIRE(zone.list_behind(*dns::relative_to(owner, zone.name().text()), rest));
        REQUIRE(rest.lines ==
                Answer(whole.lines.begin() + static_cast<std::ptrdiff_t>(i) + 1, whole.lines.end()));
    }
}

bool has(const ServedZone& zone, std::string_view relative) {
    Lines rest;
    const bool found = zone.list_behind(relative, rest);
    CHECK((found || rest.lines.empty()));
    return found;
}

}  // namespace

TEST_CASE("The list of a key zone goes on behind any of its names") {
    const auto zone = sample_zone("@ CAA 0 issue \";\"\nwww A 192.0.2.1\nwww A 192.0.2.2\na.b A 192.0.2.3\n");
    for (int i = 0; i < 300; ++i) {
        zone->load(sample_key("k" + std::to_string(i), {"l" + std::to_string(10000 + i)}));
    }
    SECTION("without NSEC3") {}
    SECTION("with NSEC3, which lists empty non-terminals") { zone->set_hashing(Hashing{}); }
    check_every_rest(*zone);
    CHECK(has(*zone, "s1.l10299"));
    CHECK_FALSE(has(*zone, "s2.l10299"));
    CHECK_FALSE(has(*zone, "s1.l10300"));
    CHECK_FALSE(has(*zone, "none"));
}

TEST_CASE("The list of a static zone goes on behind any of its names") {
    const ZoneFolder folder;
    std::string text;
    for (int i = 0; i < 600; ++i) text += "n" + std::to_string(i) + " A 192.0.2.1\n";
    const auto zone = folder.open(zone_file(text + "x.ent TXT x\nx.ent TXT y\n"));
    check_every_rest(*zone);
    CHECK(has(*zone, "x.ent"));
    CHECK_FALSE(has(*zone, "none"));
}

}  // namespace custdkim::test
