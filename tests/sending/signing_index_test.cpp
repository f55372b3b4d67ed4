// Which of many keys signs mail from a domain.
#include "sending/signing_index.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "support/sample_keys.hpp"

namespace custdkim::test {

namespace {

struct IndexWorld {
    SigningIndex index;
    SeededRandom random{7};
    int count = 0;

    Key key(const std::string& domain, DomainMatch match = DomainMatch::domain,
            KeyType type = KeyType::rsa_2048, const std::string& org = "acme") {
        Key made = sample_key("k" + std::to_string(++count), {"aaaaaa", "bbbbbb"}, type);
        made.domain = name(domain);
        made.match = match;
        made.org = org;
        made.slots[0].pairs[0].signing_since = made.created_at;
        return made;
    }
    // The id of the key that was entered.
    std::string add(const std::string& domain, DomainMatch match = DomainMatch::domain,
                    KeyType type = KeyType::rsa_2048, const std::string& org = "acme") {
        const Key made = key(domain, match, type, org);
        index.note(made);
        return made.id;
    }
    // The ids of those that sign, with spaces between.
    std::string who(const std::string& from, const std::string& org = "") {
        std::string ids;
        for (const auto& choice : index.choose(name(from), org, random)) {
            ids += (ids.empty() ? "" : " ") + choice.key_id;
        }
        return ids;
    }
};

constexpr auto domain = DomainMatch::domain, subdomains = DomainMatch::subdomains,
               both = DomainMatch::domain_and_subdomains;

}  // namespace

TEST_CASE("The longest pattern that covers the From domain wins") {
    IndexWorld world;
    const std::string com = world.add("example.com", both), mail = world.add("mail.example.com", both),
                      sales = world.add("sales.mail.example.com", both);
    CHECK(world.who("sales.mail.example.com") == sales);
    CHECK(world.who("a.b.sales.mail.example.com") == sales);
    CHECK(world.who("mail.example.com") == mail);
    CHECK(world.who("news.mail.example.com") == mail);
    CHECK(world.who("example.com") == com);
    CHECK(world.who("other.example.com") == com);
    CHECK(world.who("mailexample.com").empty());
    CHECK(world.who("com").empty());
}

TEST_CASE("A message is signed for one organisation, also where two have keys that would sign it") {
    IndexWorld world;
    const std::string acme_rsa = world.add("a.example", domain),
                      acme_ed25519 = world.add("a.example", domain, KeyType::ed25519),
                      globex_rsa = world.add("a.example", domain, KeyType::rsa_2048, "globex");
    std::map<std::string, int> drawn;
    for (int i = 0; i < 600; ++i) ++drawn[world.who("a.example")];
    CHECK(drawn.size() == 2);
    CHECK(std::abs(drawn[globex_rsa] - 200) < 60);
    CHECK(drawn[acme_rsa + " " + acme_ed25519] == 600 - drawn[globex_rsa]);
    CHECK(world.index.candidates(name("a.example"), "").size() == 3);
    CHECK(world.index.candidates(name("a.example"), "globex").size() == 1);
}

TEST_CASE("A match says whether the domain itself is covered, what is below it, or both") {
    IndexWorld world;
    const std::string exact = world.add("a.example", domain), below = world.add("b.example", subdomains),
                      all = world.add("c.example", both);
    CHECK(world.who("a.example") == exact);
    CHECK(world.who("x.a.example").empty());
    CHECK(world.who("b.example").empty());
    CHECK(world.who("x.b.example") == below);
    CHECK(world.who("y.x.b.example") == below);
    CHECK(world.who("c.example") == all);
    CHECK(world.who("x.c.example") == all);
}

TEST_CASE("A key that does not cover the domain leaves it to a shorter pattern") {
    IndexWorld world;
    const std::string above = world.add("example.com", both);
    world.add("mail.example.com", subdomains);
    CHECK(world.who("mail.example.com") == above);
}

TEST_CASE("An RSA and an Ed25519 key of one domain sign both, and a shorter pattern adds nothing") {
    IndexWorld world;
    const std::string above = world.add("example.com", both);
    const std::string ed = world.add("mail.example.com", both, KeyType::ed25519);
    CHECK(world.who("mail.example.com") == ed);
    const std::string rsa = world.add("mail.example.com", both, KeyType::rsa_4096);
    CHECK(world.who("mail.example.com") == rsa + " " + ed);
    CHECK(world.who("example.com") == above);
}

TEST_CASE("Only keys of the organisation are there, if one is given") {
    IndexWorld world;
    const std::string ours = world.add("example.com", both, KeyType::rsa_2048, "acme");
    const std::string theirs = world.add("mail.example.com", both, KeyType::rsa_2048, "initech");
    CHECK(world.who("mail.example.com", "acme") == ours);
    CHECK(world.who("mail.example.com", "initech") == theirs);
    CHECK(world.who("mail.example.com", "nobody").empty());
    CHECK(world.index.organisations_of(name("mail.example.com")) == std::vector<std::string>{"initech"});
    CHECK(world.index.organisations_of(name("x.example.com")).empty());
}

TEST_CASE("A key is there while it signs, with the pair that does") {
    IndexWorld world;
    Key key = world.key("acme.example");
    key.slots[0].pairs[0].signing_since.reset();
    world.index.note(key);
    CHECK(world.who("acme.example").empty());
    key.slots[0].pairs[0].signing_since = new_year(1);
    world.index.note(key);
    const auto chosen = world.index.choose(name("acme.example"), "", world.random);
    REQUIRE(chosen.size() == 1);
    CHECK((chosen[0] == SigningChoice{key.id, "acme", "acme.example", domain, KeyType::rsa_2048, "s1", 1}));
    key.slots[0].pairs[0].retired_at = key.slots[1].pairs[0].signing_since = new_year(2);
    world.index.note(key);
    CHECK(world.index.choose(name("acme.example"), "", world.random)[0].selector == "s2");
    CHECK(world.index.size() == 1);
    SECTION("until it is revoked") { key.revoked_at = new_year(3); }
    SECTION("until it is deleted") { key.deleted_at = new_year(3); }
    SECTION("until it is deactivated") { key.slots[1].pairs[0].retired_at = new_year(3); }
    SECTION("until it is gone") { key.slots.clear(); }
    world.index.note(key);
    CHECK(world.who("acme.example").empty());
    CHECK(world.index.size() == 0);
}

// Pearson's chi-square with 4 degrees of freedom stays under 18.5 in 999 of 1000 runs; the seed is fixed.
TEST_CASE("Among equals each is drawn as often as the others, whatever its match") {
    IndexWorld world;
    constexpr int equals = 5, draws = 20'000;
    for (int i = 0; i < equals; ++i) world.add("acme.example", i % 2 == 0 ? domain : both);
    world.add("acme.example", subdomains);  // does not cover it
    std::map<std::string, int> drawn;
    for (int i = 0; i < draws; ++i) ++drawn[world.who("acme.example")];
    REQUIRE(drawn.size() == equals);
    double chi_square = 0;
    constexpr double expected = double(draws) / equals;
    for (const auto& [id, times] : drawn) chi_square += std::pow(times - expected, 2) / expected;
    CHECK(chi_square < 18.5);
}

TEST_CASE("The same seed draws the same keys") {
    IndexWorld one, other;
    for (int i = 0; i < 9; ++i) {
        one.add("acme.example");
        other.add("acme.example");
    }
    for (int i = 0; i < 50; ++i) CHECK(one.who("acme.example") == other.who("acme.example"));
}

}  // namespace custdkim::test
