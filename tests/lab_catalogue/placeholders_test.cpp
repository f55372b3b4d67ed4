// What placeholders stand for.
#include <catch2/catch.hpp>

#include "lab/catalogue/expected_match.hpp"
#include "lab/catalogue/expected_text.hpp"

namespace custdkim::lab::test {

namespace {

Placeholders acme() {
    return {
        "acme.example",
        {"s1", "s2"},
        {"s1.q7w2ka.keys.example.net", "s2.m4x9tz.keys.example.net"},
        {"v=DKIM1; p=one", "v=DKIM1; p=two"},
        {"ns1.host.example", "ns2.host.example", "ns3.host.example", "ns4.host.example", "ns5.host.example"}};
}

std::string filled(std::string_view text, const Placeholders& placeholders = acme()) {
    return fill(text, placeholders).value();
}

}  // namespace

TEST_CASE("Every placeholder is replaced") {
    CHECK(filled("{owner1} {owner2}") == "s1._domainkey.acme.example s2._domainkey.acme.example");
    CHECK(filled("{selector1}.{domain}. {target2}.") == "s1.acme.example. s2.m4x9tz.keys.example.net.");
    CHECK(filled("{label1}.{suffix1} {label2}") == "q7w2ka.keys.example.net m4x9tz");
    CHECK(filled("{key2} {txt1}") == "v=DKIM1; p=two \"v=DKIM1; p=one\"");
    CHECK(filled("{server1} {server5}") == "ns1.host.example ns5.host.example");
    CHECK(filled("none } at all") == "none } at all");
}

TEST_CASE("A placeholder in capitals is replaced in capitals") {
    CHECK(filled("{SELECTOR1} {TARGET2}") == "S1 S2.M4X9TZ.KEYS.EXAMPLE.NET");
}

TEST_CASE("What is put in is not looked through for placeholders") {
    Placeholders placeholders = acme();
    placeholders.texts[0] = "{domain}";
    CHECK(filled("{key1}", placeholders) == "{domain}");
}

TEST_CASE("A text becomes strings of 255 octets at most, with what needs it escaped") {
    Placeholders placeholders = acme();
    placeholders.texts[0] = std::string(256, 'a');
    CHECK(filled("{txt1}", placeholders) == "\"" + std::string(255, 'a') + "\" \"a\"");
    placeholders.texts[0] = "say \"a\\b\"\n\xe2";
    CHECK(filled("{txt1}", placeholders) == R"("say \"a\\b\"\010\226")");
}

TEST_CASE("An unknown placeholder is named") {
    for (const char* const unknown : {"{goal}", "{selector3}", "{selector0}", "{server6}", "{selector}", "{}",
                                      "{Target1}", "{domain1}"}) {
        const auto result = fill(unknown, acme());
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().detail.starts_with("'" + std::string(unknown) +
                                                "' is no placeholder; there are "));
    }
    CHECK_FALSE(fill("{domain", acme()).has_value());
}

TEST_CASE("A target without dots has neither label nor suffix") {
    Placeholders placeholders = acme();
    placeholders.targets[0] = "localhost";
    CHECK(filled("<{label1}{suffix1}>", placeholders) == "<>");
}

TEST_CASE("An expectation is filled in") {
    const Expected expected = parse_expected("NXDOMAIN AD | CNAME {target1}.{domain}.").value();
    CHECK(to_text(fill(expected, acme()).value()) ==
          "NXDOMAIN AD | CNAME s1.q7w2ka.keys.example.net.acme.example.");
}

}  // namespace custdkim::lab::test
