// The links of NSEC and NSEC3 chains, of both kinds of zones, against a slow reference.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <random>
#include <set>
#include <thread>

#include "dns/canonical_order.hpp"
#include "zone_folder.hpp"

namespace custdkim::test {

namespace {

const std::string delegations =
    "a A 192.0.2.1\n"
    "z.ent.ent2 A 192.0.2.1\n"
    "\\001.odd TXT x\n"
    "\\200.odd TXT x\n"
    "*.odd TXT x\n"
    "odd TXT x\n"
    "insecure.gap NS ns.insecure.gap\n"
    "ns.insecure.gap A 192.0.2.2\n"
    "secure.gap2 NS ns.elsewhere.\n"
    "secure.gap2 DS 1 8 2 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
    "txt.below.secure.gap2 TXT x\n";

using Names = std::vector<std::string>;

// The names from the apex on, link by link, until it comes round.
Names chain(const ServedZone& zone, std::string_view from = "") {
    Names names;
    std::string at(from);
    do {
        const auto link = zone.neighbours(at);
        if (!link || names.size() > 10000) return {"no ring"};
        names.push_back(link->owner);
        at = link->after;
    } while (at != from);
    return names;
}

std::string hash_text(const Hashing& hashing, std::string_view relative, const dns::Name& zone) {
    return to_text(
        hash_name(hashing, name(std::string(relative) + (relative.empty() ? "" : ".") + zone.text())));
}

// The link that covers `wanted` among ordered pairs of what is compared and the owner.
Neighbours slow(const std::vector<std::pair<std::string, std::string>>& ordered, const std::string& wanted) {
    std::size_t before = ordered.size() - 1, after = 0;
    for (std::size_t i = 0; i < ordered.size(); ++i) {
        if (ordered[i].first <= wanted) before = i, after = (i + 1) % ordered.size();
    }
    return {ordered[before].second, ordered[before].first, ordered[after].first};
}

// All names of a key zone, empty non-terminals too, from what it lists.
std::set<std::string> all_names(const KeyZone& zone) {
    Lines lines;
    zone.list(lines);
    std::set<std::string> names;
    for (const std::string& line : lines.lines) {
        const std::string owner = line.substr(0, line.find(' '));
        for (std::string_view up = *dns::relative_to(owner, zone.name().text()); !up.empty();
             up = dns::parent(up)) {
            names.emplace(up);
        }
    }
    names.emplace("");
    return names;
}

void check_hashed(const KeyZone& zone, const Hashing& hashing, std::mt19937& random) {
    std::vector<std::pair<std::string, std::string>> ordered;
    for (const std::string& relative : all_names(zone)) {
        ordered.emplace_back(hash_text(hashing, relative, zone.name()), relative);
    }
    std::sort(ordered.begin(), ordered.end());
    std::vector<std::string> asked{std::string(32, '0'), std::string(32, 'v')};
    for (const auto& [hash, owner] : ordered) asked.push_back(hash);
    for (int i = 0; i < 50; ++i)
        asked.push_back(hash_text(hashing, "x" + std::to_string(random()), zone.name()));
    for (const std::string& hash : asked) {
        const auto found = zone.neighbours(hash);
        const Neighbours expected = slow(ordered, hash);
        if (!found || found->owner != expected.owner || found->before != expected.before ||
            found->after != expected.after) {
            FAIL(hash << " is not between " << expected.before << " and " << expected.after);
        }
    }
}

std::string label(unsigned number) {
    std::string text;
    for (int i = 0; i < 6; ++i, number /= 36) text += "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
    return text;
}

}  // namespace

TEST_CASE(
    "The NSEC chain of a static zone has its names with records in canonical order, and none below a cut") {
    const ZoneFolder folder;
    const auto zone = folder.open(zone_file(delegations));
    CHECK(chain(*zone) == Names{"", "a", "z.ent.ent2", "insecure.gap", "secure.gap2", "odd", "\\001.odd",
                                "*.odd", "\\200.odd"});
    const auto between = zone->neighbours("b.ent2").value();
    CHECK(between.before == "a");
    CHECK(between.owner == "a");
    CHECK(between.after == "z.ent.ent2");
    CHECK(zone->neighbours("zzz")->after.empty());
    CHECK(zone->neighbours("ns.insecure.gap")->before == "insecure.gap");
}

TEST_CASE(
    "The NSEC3 chain of a static zone has the empty non-terminals, and with opt-out no insecure "
    "delegations") {
    const ZoneFolder folder;
    const auto zone = folder.open(zone_file(delegations));
    const auto names = [&](bool opt_out) {
        zone->set_hashing(Hashing{1, "\xab\xcd", opt_out});
        Names found = chain(*zone, hash_text({1, "\xab\xcd", opt_out}, "", name("example.net")));
        std::sort(found.begin(), found.end());
        return found;
    };
    Names all{"",    "*.odd", "\\001.odd",    "\\200.odd", "a",           "ent.ent2",  "ent2",
              "gap", "gap2",  "insecure.gap", "odd",       "secure.gap2", "z.ent.ent2"};
    CHECK(names(false) == all);
    CHECK(ask(*zone, "gap", "ANY") == Answer{"gap.example.net 60 -"});
    all.erase(std::remove_if(all.begin(), all.end(),
                             [](const auto& n) { return n == "gap" || n == "insecure.gap"; }),
              all.end());
    CHECK(names(true) == all);
    CHECK(ask(*zone, "gap", "ANY") == Answer{"gap.example.net 60 - ; glue"});
    zone->set_hashing({});
    CHECK(chain(*zone).size() == 9);
}

TEST_CASE("A static zone keeps its hashing when its file is read again") {
    const ZoneFolder folder;
    const auto zone = folder.open(zone_file("a A 192.0.2.1\n", 1));
    zone->set_hashing(Hashing{});
    folder.write(zone_file("b A 192.0.2.1\n", 2));
    CHECK(zone->reload().value());
    const std::string hash = hash_text({}, "b", name("example.net"));
    CHECK(zone->neighbours(hash)->owner == "b");
    CHECK(zone->neighbours(hash)->before == hash);
}

TEST_CASE("What is no hash has no neighbours in a hashed zone") {
    const ZoneFolder folder;
    const auto zone = folder.open(zone_file(""));
    zone->set_hashing(Hashing{});
    const auto keys = sample_zone();
    keys->set_hashing(Hashing{});
    for (const char* text : {"", "a", "www.example", "0p9mhaveqvm6t7vbl5lop2u3t2rp3to",
                             "0p9mhaveqvm6t7vbl5lop2u3t2rp3tomx", "wp9mhaveqvm6t7vbl5lop2u3t2rp3tom"}) {
        CHECK_FALSE(zone->neighbours(text));
        CHECK_FALSE(keys->neighbours(text));
    }
}

TEST_CASE("Every link of a key zone is what a slow search finds, whatever has come and gone") {
    const auto zone =
        sample_zone("www A 192.0.2.1\na.b.m00000 A 192.0.2.1\n\\000.0 A 192.0.2.1\n~ A 192.0.2.1\n");
    std::mt19937 random(11);
    std::set<unsigned> there;
    for (int round = 0; round < 60; ++round) {
        const unsigned number = static_cast<unsigned>(random() % 40) * 977;
        Key key = sample_key("k", {label(number)});
        key.slots[0].selector = random() % 2 == 0 ? "s1" : "zz";
        if (there.contains(number) && random() % 2 == 0) {
            zone->withdraw(key, 2);
            there.erase(number);
        } else {
            zone->publish(key, 2);
            there.insert(number);
        }
        std::vector<std::pair<std::string, std::string>> ordered;
        for (const std::string& relative : all_names(*zone)) {
            if (relative == "" || ask(*zone, relative, "ANY")[0].find(" -") == std::string::npos) {
                ordered.emplace_back(dns::order_key(relative), relative);
            }
        }
        std::sort(ordered.begin(), ordered.end());
        for (const std::string& asked :
             {std::string(), std::string("www"), "s1." + label(number), "zzz." + label(number), label(number),
              label(static_cast<unsigned>(random())), std::string("a.b.c.d"), label(number) + "xyz",
              "x." + label(number).substr(0, 3), std::string("\\255"), std::string("\\000"),
              "s1." + label(number) + "\\000"}) {
            const auto found = zone->neighbours(asked).value();
            const Neighbours expected = slow(ordered, dns::order_key(asked));
            INFO(asked);
            CHECK(found.owner == expected.owner);
            CHECK(found.before == expected.owner);
            CHECK(dns::order_key(found.after) == expected.after);
        }
    }
}

TEST_CASE("The hashed names of a key zone follow every change") {
    const auto zone = sample_zone("www A 192.0.2.1\na.b A 192.0.2.1\n");
    std::mt19937 random(5);
    const Hashing hashing{2, "salt", false};
    for (unsigned i = 0; i < 300; ++i) zone->publish(sample_key("k", {label(i * 31)}), 2);
    zone->set_hashing(hashing);
    check_hashed(*zone, hashing, random);
    for (unsigned i = 0; i < 100; ++i) {
        Key key = sample_key("k", {label(i * 62)});
        if (i % 3 == 0) key.slots[0].selector = "other";
        i % 3 == 1 ? zone->withdraw(key, 3) : zone->publish(key, 3);
        zone->load(sample_key("k", {label(i * 7 + 100000)}));
    }
    check_hashed(*zone, hashing, random);
    zone->set_hashing(Hashing{});
    check_hashed(*zone, {}, random);
    zone->set_hashing({});
    CHECK(zone->neighbours("zzzzzzzz")->after.empty());
}

TEST_CASE("A key zone changes its order while keys come and go, and loses none of them") {
    const auto zone = sample_zone();
    constexpr unsigned count = 3000;
    for (unsigned i = 0; i < count; ++i) zone->load(sample_key("k", {label(i)}));
    std::atomic<bool> done = false;
    std::atomic<int> looked = 0;
    std::thread writer([&] {
        std::mt19937 random(3);
        while (!done) {
            const Key key = sample_key("k", {label(static_cast<unsigned>(random() % (2 * count)))});
            random() % 2 == 0 ? zone->publish(key, 2) : zone->withdraw(key, 2);
        }
    });
    std::thread reader([&] {
        while (!done) {
            const auto link = zone->neighbours("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom");
            if (link && !link->after.empty()) ++looked;
        }
    });
    Hashing hashing;
    for (std::uint16_t round = 1; round < 6; ++round) {
        hashing.iterations = round;
        zone->set_hashing(hashing);
    }
    while (looked == 0) std::this_thread::yield();
    done = true;
    writer.join();
    reader.join();
    std::mt19937 random(4);
    check_hashed(*zone, hashing, random);
}

}  // namespace custdkim::test
