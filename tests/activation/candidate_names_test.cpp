#include "activation/candidate_names.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "activation/rules.hpp"
#include "tests/support/sample_keys.hpp"

using namespace custdkim;
using namespace custdkim::test;
using activation::candidate_names;
using activation::edit_distance;

namespace {

std::string cause_of(const std::string& candidate) {
    for (const auto& each : candidate_names("s1", name("mail.acme.example"), name("acme.example"))) {
        if (each.name == name(candidate)) return each.cause;
    }
    return "";
}

}  // namespace

TEST_CASE("Where records go by mistake is looked at") {
    CHECK(cause_of("s1._domainkey.mail.acme.example.mail.acme.example") == "doubled-domain");
    CHECK(cause_of("s1._domainkey.mail.acme.example.acme.example") == "doubled-domain");
    CHECK(cause_of("s1.domainkey.mail.acme.example") == "underscore-missing");
    CHECK(cause_of("s1.mail.acme.example") == "domainkey-missing");
    CHECK(cause_of("_domainkey.s1.mail.acme.example") == "labels-reversed");
    CHECK(cause_of("s1._domainkey.acme.example") == "wrong-level");
    CHECK(cause_of("s1._domainkey.www.mail.acme.example") == "wrong-level");
    CHECK(cause_of("sl._domainkey.mail.acme.example") == "selector-typo");
    CHECK(cause_of("ss1._domainkey.mail.acme.example") == "selector-typo");
    CHECK(cause_of("dkim.s1._domainkey.mail.acme.example") == "one-label-too-deep");
    CHECK(cause_of("default._domainkey.mail.acme.example") == "other-selector");
}

TEST_CASE("The right name is no candidate, none comes twice, and they are few") {
    const auto all =
        candidate_names("selector-with-quite-a-long-name", name("acme.example"), name("acme.example"));
    CHECK(all.size() <= 96);
    std::set<dns::Name> names{name("selector-with-quite-a-long-name._domainkey.acme.example")};
    for (const auto& each : all) CHECK(names.insert(each.name).second);
}

TEST_CASE("Names that would be too long are left out") {
    const std::string label(63, 'a');
    const auto long_domain = name(label + "." + label + "." + label + ".example");
    for (const auto& each : candidate_names("s1", long_domain, long_domain)) {
        CHECK(each.name.wire_length() <= dns::max_wire_length);
    }
}

TEST_CASE("Letters added, dropped, exchanged and swapped count as one") {
    CHECK(edit_distance("abc", "abc", 2) == 0);
    CHECK(edit_distance("abc", "xabc", 2) == 1);
    CHECK(edit_distance("abc", "ab", 2) == 1);
    CHECK(edit_distance("abc", "adc", 2) == 1);
    CHECK(edit_distance("abc", "acb", 2) == 1);
    CHECK(edit_distance("abc", "xyz", 2) == 3);
    CHECK(edit_distance("a", "abcdef", 2) > 2);
}

TEST_CASE("Every rule names its causes in the house's way") {
    const auto causes = activation::known_causes();
    CHECK(causes.size() > 40);
    for (const std::string& cause : causes) {
        INFO(cause);
        CHECK(cause.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos);
    }
}
