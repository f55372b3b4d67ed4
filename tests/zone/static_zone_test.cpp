// Static zones: what is found at which name, and what reloading makes of a changed file.
#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

#include "zone_folder.hpp"

namespace custdkim::test {

namespace {

using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

const std::string soa = "example.net 300 SOA ns1.example.net. hostmaster.example.net. 1 3600 900 1209600 60";
const std::string ns = "example.net 300 NS ns1.example.net.";

Answer list(const ServedZone& zone) {
    Lines all;
    zone.list(all);
    return all.lines;
}

// Why the file is not a zone, from its name on.
std::string refusal(std::string_view text) {
    const ZoneFolder folder;
    const auto zone = StaticZone::open(name("example.net"), folder.write(text), 9);
    if (zone) return "";
    CHECK(zone.error().code == Errc::invalid);
    CHECK_THAT(zone.error().detail, StartsWith(folder.path().string()));
    return zone.error().detail.substr(folder.path().string().size() + 1);
}

}  // namespace

TEST_CASE("A static zone has the SOA, the serial and the name servers of its file") {
    const ZoneFolder folder;
    const auto zone = folder.open(zone_file("www A 192.0.2.1\nwww AAAA 2001:db8::1\n", 7));
    CHECK(zone->serial() == 7);
    CHECK(zone->record_count() == 4);
    CHECK(ask(*zone, "", "NS") == Answer{ns});
    CHECK(ask(*zone, "", "ANY").size() == 2);
    CHECK(ask(*zone, "www", "A") == Answer{"www.example.net 300 A 192.0.2.1"});
    CHECK(ask(*zone, "www", "ANY").size() == 2);
    CHECK(ask(*zone, "www", "TXT").empty());
    CHECK(ask(*zone, "none", "ANY").empty());
}

TEST_CASE("Empty non-terminals of a static zone are found, with the SOA's negative TTL") {
    const ZoneFolder folder;
    const auto zone = folder.open(zone_file("a.b.c A 192.0.2.1\n*.w TXT x\na\\.b.d A 192.0.2.1\n"));
    CHECK(ask(*zone, "c", "ANY") == Answer{"c.example.net 60 -"});
    CHECK(ask(*zone, "b.c", "ANY") == Answer{"b.c.example.net 60 -"});
    CHECK(ask(*zone, "w", "ANY") == Answer{"w.example.net 60 -"});
    CHECK(ask(*zone, "c", "A").empty());
    CHECK(ask(*zone, "d", "ANY") == Answer{"d.example.net 60 -"});
    CHECK(ask(*zone, "b.d", "ANY").empty());
}

TEST_CASE("A list has the SOA first and then names in canonical order") {
    const ZoneFolder folder;
    const auto zone = folder.open(
        "$TTL 300\n@ NS ns1\nz A 192.0.2.1\na.b A 192.0.2.2\nb A 192.0.2.3\n@ SOA ns1 "
        "hostmaster 1 3600 900 1209600 60\n");
    CHECK(list(*zone) == Answer{soa, ns, "b.example.net 300 A 192.0.2.3", "a.b.example.net 300 A 192.0.2.2",
                                "z.example.net 300 A 192.0.2.1"});
}

TEST_CASE(
    "A zone is the authority for its data and for the DS of a delegation, not for NS there nor for glue") {
    const ZoneFolder folder;
    const auto zone = folder.open(
        zone_file("sub NS ns.sub\nsub DS 1 8 2 " + std::string(64, 'a') +
                  "\nns.sub A 192.0.2.1\nsub A 192.0.2.2\nplain.ent NS ns.sub\nx.mixed NS ns.sub\n"
                  "y.mixed A 192.0.2.3\n"));
    CHECK(ask(*zone, "", "NS") == Answer{ns});
    CHECK(ask(*zone, "sub", "NS") == Answer{"sub.example.net 300 NS ns.sub.example.net. ; glue"});
    CHECK(ask(*zone, "sub", "A") == Answer{"sub.example.net 300 A 192.0.2.2 ; glue"});
    CHECK(ask(*zone, "sub", "DS") == Answer{"sub.example.net 300 DS 1 8 2 " + std::string(64, 'a')});
    CHECK(ask(*zone, "ns.sub", "A") == Answer{"ns.sub.example.net 300 A 192.0.2.1 ; glue"});
    CHECK(ask(*zone, "ent", "ANY") == Answer{"ent.example.net 60 - ; glue"});
    CHECK(ask(*zone, "mixed", "ANY") == Answer{"mixed.example.net 60 -"});
}

TEST_CASE("What makes a zone file no zone is told with file and line") {
    const std::string file = "example.net.zone";
    CHECK(refusal(zone_file("www.example.com. A 192.0.2.1\n")) ==
          file + ":4: www.example.com is not in the zone example.net");
    CHECK(refusal(zone_file("@ SOA ns1 hostmaster 2 3600 900 1209600 60\n")) == file + ":4: a second SOA");
    CHECK(refusal(zone_file("\nsub SOA ns1 hostmaster 2 3600 900 1209600 60\n")) ==
          file + ":5: an SOA stands at the apex only, example.net");
    CHECK(refusal(zone_file("a CNAME b\na A 192.0.2.1\n")) ==
          file + ":5: a.example.net has a CNAME beside other data");
    CHECK(refusal(zone_file("a A 192.0.2.1\na CNAME b\n")) ==
          file + ":5: a.example.net has a CNAME beside other data");
    CHECK(refusal(zone_file("a CNAME b\na CNAME c\n")) == file + ":5: a.example.net has two CNAMEs");
    CHECK(refusal(zone_file("a DNAME b\na DNAME c\n")) == file + ":5: a.example.net has two DNAMEs");
    CHECK(refusal(zone_file("@ CNAME b\n")) == file + ":4: a CNAME cannot stand at the apex of example.net");
    CHECK(refusal("$TTL 1\n@ NS ns1\n") == file + ": there is no SOA of example.net");
    CHECK(refusal("$TTL 1\n@ SOA ns1 hostmaster 2 3600 900 1209600 60\nsub NS ns1\n") ==
          file + ": there are no NS records of example.net");
    CHECK(refusal("@ SOA ns1 hostmaster 2 3600 900 1209600 60\n") ==
          file + ":1: a record needs a TTL: its own, that of $TTL, or that of a record before it");
    CHECK_THAT(refusal(zone_file("a A 192.0.2.300\n")), StartsWith(file + ":4: "));
    CHECK_THAT(refusal(zone_file("a BOGUS x\n")), StartsWith(file + ":4: 'BOGUS' is not a type of record"));
    CHECK_THAT(refusal(""), EndsWith("there is no SOA of example.net"));
}

TEST_CASE("Equal records count once, and signatures stand beside a CNAME") {
    const ZoneFolder folder;
    const auto zone =
        folder.open(zone_file("a A 192.0.2.1\na A 192.0.2.1\nc CNAME a\nc CNAME a\nc NSEC d CNAME\n"));
    CHECK(ask(*zone, "a", "A").size() == 1);
    CHECK(ask(*zone, "c", "ANY").size() == 2);
}

TEST_CASE("Reloading shows what the file has become, and says whether that is anything new") {
    const ZoneFolder folder;
    const auto zone = folder.open(zone_file("a A 192.0.2.1\n", 1));
    CHECK_FALSE(zone->reload().value());
    folder.write(zone_file("; only a comment more\na A 192.0.2.1\n", 1));
    CHECK_FALSE(zone->reload().value());
    folder.write(zone_file("b A 192.0.2.1\n", 2));
    CHECK(zone->reload().value());
    CHECK(zone->serial() == 2);
    CHECK(ask(*zone, "a", "ANY").empty());
    CHECK(ask(*zone, "b", "ANY").size() == 1);
    folder.write(zone_file("b 60 A 192.0.2.1\n", 2));  // a warning, but shown
    CHECK(zone->reload().value());
    CHECK(ask(*zone, "b", "ANY") == Answer{"b.example.net 60 A 192.0.2.1"});
}

TEST_CASE("A broken or missing file keeps the last good contents") {
    const ZoneFolder folder;
    const auto zone = folder.open(zone_file("a A 192.0.2.1\n", 1));
    folder.write(zone_file("b A 192.0.2.1\nc A bad\n", 2));
    const auto broken = zone->reload();
    REQUIRE(broken.has_error());
    CHECK_THAT(broken.error().detail, StartsWith(zone->file().string() + ":5: "));
    std::filesystem::remove(zone->file());
    CHECK(zone->reload().has_error());
    CHECK(zone->serial() == 1);
    CHECK(ask(*zone, "a", "ANY").size() == 1);
    CHECK(ask(*zone, "b", "ANY").empty());
}

TEST_CASE("Readers see a static zone as it was or as it has become, and nothing between") {
    const ZoneFolder folder;
    const auto text = [](int round) {
        std::string records;
        for (int i = 0; i < 50; ++i)
            records += "n" + std::to_string(i) + " TXT \"" + std::to_string(round) + "\"\n";
        return zone_file(records, static_cast<Serial>(round));
    };
    const auto zone = folder.open(text(1));
    std::atomic<bool> done = false;
    std::vector<std::thread> readers;
    std::atomic<int> torn = 0, seen = 0;
    for (int i = 0; i < 2; ++i) {
        readers.emplace_back([&] {
            while (!done || seen < 10) {
                const Answer all = list(*zone);
                const std::string last = all.back().substr(all.back().find('"'));
                for (std::size_t line = 2; line < all.size(); ++line) torn += !all[line].ends_with(last);
                torn += all.size() != 52;
                ++seen;
            }
        });
    }
    for (int round = 2; round < 100; ++round) {
        folder.write(text(round));
        CHECK(zone->reload().value());
    }
    done = true;
    for (auto& reader : readers) reader.join();
    CHECK(torn == 0);
}

TEST_CASE("Reloading all static zones tells each problem with file and line, and counts what has changed") {
    const ZoneFolder folder;
    Zones zones;
    const auto add = [&](std::string_view zone, std::uint32_t id, const std::filesystem::path& file) {
        zones.add(StaticZone::open(name(zone), file, id).value());
    };
    add("a.example", 1, folder.write(zone_file(""), "a.zone"));
    add("b.example", 2, folder.write(zone_file(""), "b.zone"));
    add("c.example", 3, folder.write(zone_file(""), "c.zone"));
    const auto generation = zones.generation();
    folder.write(zone_file("x A 192.0.2.1\n", 2), "a.zone");
    folder.write(zone_file("x A\n", 2), "b.zone");
    const auto outcome = zones.reload_static_zones();
    CHECK(outcome.changed == std::vector<std::string>{"a.example"});
    REQUIRE(outcome.problems.size() == 1);
    CHECK_THAT(outcome.problems[0], StartsWith((folder.path() / "b.zone").string() + ":4: "));
    CHECK(zones.generation() != generation);
}

}  // namespace custdkim::test
