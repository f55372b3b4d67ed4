#include "keys/key_request.hpp"

#include <catch2/catch.hpp>

#include "tests/support/sample_keys.hpp"

using namespace custdkim;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

const std::vector<dns::Name> zones{test::name("custdkim.example.net"), test::name("dkim.example.org")};

KeyRequest request_for(std::string domain) {
    KeyRequest request;
    request.domain = std::move(domain);
    return request;
}

KeyRequest request_with(std::string selector, std::string alternate) {
    KeyRequest request = request_for("acme.example");
    request.selector = std::move(selector);
    request.alternate_selector = std::move(alternate);
    return request;
}

CheckedRequest check(const KeyRequest& request) { return check_request(request, zones).value(); }

std::string refusal(const KeyRequest& request) {
    const auto checked = check_request(request, zones);
    REQUIRE(checked.has_error());
    return std::string(to_string(checked.error().code)) + ": " + checked.error().detail;
}

}  // namespace

TEST_CASE("A domain is all that a request needs") {
    const CheckedRequest checked = check(request_for("Acme.Example."));
    CHECK(checked.domain == test::name("acme.example"));
    CHECK(checked.selectors.empty());
    CHECK((checked.match == DomainMatch::domain));
    CHECK((checked.type == KeyType::rsa_2048));
    CHECK(checked.zone == zones[0]);
    CHECK(checked.org == "default");
}

TEST_CASE("A request is understood in all its parts") {
    KeyRequest request = request_with("CRM-1", "crm-2");
    request.match = "subdomains";
    request.type = "ed25519";
    request.zone = "DKIM.example.org.";
    request.org = "Acme_Inc.-1";
    const CheckedRequest checked = check(request);
    CHECK(checked.selectors == std::vector<std::string>{"crm-1", "crm-2"});
    CHECK((checked.match == DomainMatch::subdomains));
    CHECK((checked.type == KeyType::ed25519));
    CHECK(checked.zone == zones[1]);
    CHECK(checked.org == "Acme_Inc.-1");
}

TEST_CASE("An internationalised domain is asked for as it is spoken") {
    CHECK(check(request_for("müller.example")).domain == test::name("xn--mller-kva.example"));
    CHECK(check(request_for("XN--MLLER-KVA.example")).domain == test::name("xn--mller-kva.example"));
}

TEST_CASE("A domain that cannot have a key is refused with the reason") {
    CHECK_THAT(refusal(request_for("")), StartsWith("invalid: ") && Contains("empty"));
    CHECK_THAT(refusal(request_for("not a domain")), StartsWith("invalid: "));
    CHECK_THAT(refusal(request_for("192.0.2.1")), Contains("IP address"));
    CHECK_THAT(refusal(request_for("co.uk")), StartsWith("refused: ") && Contains("public suffix"));
    CHECK_THAT(refusal(request_for("bill@acme.example")), Contains("is an address"));
}

TEST_CASE("Our own key zones, and what is in them, are no customers") {
    CHECK_THAT(refusal(request_for("custdkim.example.net")),
               StartsWith("refused: ") && Contains("our own key zone"));
    CHECK_THAT(refusal(request_for("q7w2ka.CUSTDKIM.example.net")),
               Contains("our own key zone custdkim.example.net"));
    CHECK_THAT(refusal(request_for("a.dkim.example.org")), Contains("our own key zone dkim.example.org"));
    CHECK(check(request_for("example.net")).domain == test::name("example.net"));
    CHECK(check(request_for("notcustdkim.example.net")).domain == test::name("notcustdkim.example.net"));
}

TEST_CASE("A selector is one label of letters, digits and inner hyphens") {
    const std::string longest(63, 's');
    const std::string good = GENERATE_COPY(as<std::string>(), "s1", "S1", "a", "0", "crm-2026-01", longest);
    CHECK(check(request_with(good, "other")).selectors[1] == "other");
    const std::string bad = GENERATE_COPY(as<std::string>(), "", " ", "-a", "a-", "a_b", "a b", "ä",
                                          "a\\046b", "*", "s1;", longest + "s");
    CHECK_THAT(refusal(request_with(bad, "other")), StartsWith("invalid: ") && Contains("is not a selector"));
    CHECK_THAT(refusal(request_with("other", bad)), StartsWith("invalid: ") && Contains("is not a selector"));
}

TEST_CASE("A selector of several labels is refused, with the reason") {
    CHECK_THAT(refusal(request_with("s1.crm", "s2")), StartsWith("refused: ") && Contains("has a dot"));
    CHECK_THAT(refusal(request_with("s1", "s2.")), StartsWith("refused: ") && Contains("has a dot"));
}

TEST_CASE("Both selectors are given, or neither") {
    KeyRequest request = request_for("acme.example");
    request.selector = "s1";
    CHECK_THAT(refusal(request), StartsWith("invalid: give both"));
    request.selector.reset();
    request.alternate_selector = "s1";
    CHECK_THAT(refusal(request), StartsWith("invalid: give both"));
}

TEST_CASE("The two selectors differ by more than letter case") {
    CHECK_THAT(refusal(request_with("s1", "S1")), StartsWith("invalid: ") && Contains("are both 's1'"));
}

TEST_CASE("Unknown words are refused, and the refusal lists the known ones") {
    KeyRequest request = request_for("acme.example");
    request.match = "everything";
    CHECK_THAT(refusal(request), Contains("'everything'") && Contains("domain-and-subdomains"));
    request.match.reset();
    request.type = "rsa-512";
    CHECK_THAT(refusal(request), Contains("'rsa-512'") && Contains("rsa-2048"));
    request.type.reset();
    request.zone = "elsewhere.example";
    CHECK_THAT(refusal(request), StartsWith("refused: ") && Contains("'elsewhere.example'") &&
                                     Contains("custdkim.example.net, dkim.example.org"));
    request.zone = "not..a name";
    CHECK_THAT(refusal(request), Contains("is not a key zone here"));
}

TEST_CASE("An organisation has 1 to 64 plain characters") {
    KeyRequest request = request_for("acme.example");
    request.org = std::string(64, 'o');
    CHECK(check(request).org.size() == 64);
    for (const std::string& org : {std::string(), std::string(65, 'o'), std::string("Acme Inc"),
                                   std::string("a\nb"), std::string("ä"), std::string("a/b")}) {
        request.org = org;
        CHECK_THAT(refusal(request), StartsWith("invalid: ") && Contains("is not an organisation"));
    }
}

TEST_CASE("The field that a request is refused for is named") {
    CHECK(field_at_fault(request_for("acme.example"), zones).empty());
    CHECK(field_at_fault(request_for("co.uk"), zones) == "domain");
    CHECK(field_at_fault(request_for("x.custdkim.example.net"), zones) == "domain");
    CHECK(field_at_fault(request_with("a.b", "s2"), zones) == "selector");
    CHECK(field_at_fault(request_with("s1", "-"), zones) == "alternate_selector");
    CHECK(field_at_fault(request_with("s1", "S1"), zones) == "alternate_selector");
    KeyRequest request = request_with("s1", "s2");
    request.third_selector = "s 3";
    CHECK(field_at_fault(request, zones) == "third_selector");

    using Member = std::optional<std::string> KeyRequest::*;
    for (const auto& [name, member] : {std::pair<std::string_view, Member>{"match", &KeyRequest::match},
                                       {"type", &KeyRequest::type},
                                       {"zone", &KeyRequest::zone},
                                       {"org", &KeyRequest::org}}) {
        KeyRequest wrong = request_for("acme.example");
        wrong.*member = "no such thing";
        CHECK(field_at_fault(wrong, zones) == name);
        CHECK(check_request(wrong, zones).has_error());
    }
    KeyRequest alone = request_for("acme.example");
    alone.alternate_selector = "s2";
    CHECK(field_at_fault(alone, zones) == "selector");
}

TEST_CASE("We choose the first two selectors that are free") {
    using Selectors = std::vector<std::string>;
    CHECK(choose_selectors({}, 2) == Selectors{"s1", "s2"});
    CHECK(choose_selectors(Selectors{"s1", "s2"}, 2) == Selectors{"s3", "s4"});
    CHECK(choose_selectors(Selectors{"s2", "crm"}, 2) == Selectors{"s1", "s3"});
    CHECK(choose_selectors(Selectors{"s3", "s1"}, 2) == Selectors{"s2", "s4"});
    CHECK(choose_selectors(Selectors{"s1"}, 3) == Selectors{"s2", "s3", "s4"});
    CHECK(choose_selectors(Selectors{"s01", "s10"}, 2) == Selectors{"s1", "s2"});
}
