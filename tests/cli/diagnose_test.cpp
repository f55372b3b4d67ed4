// `custdkim diagnose` without the DNS: what is looked at, and how what was found is printed.
#include "cli/diagnose.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace custdkim::test {

namespace {

cli::DiagnoseOptions acme() {
    cli::DiagnoseOptions options;
    options.domain = "Acme.Example.";
    options.selector = "S1";
    options.target = "s1.q7w2ka.custdkim.example.net.";
    return options;
}

std::string refusal(const cli::DiagnoseOptions& options) {
    const auto subject = cli::read_subject(options);
    return subject ? "" : subject.error().detail;
}

Finding proxied() {
    Finding finding;
    finding.outcome = Outcome::fail;
    finding.cause = "cname-proxied";
    finding.detail = "Addresses of a proxy stand in its place.";
    finding.fix = "Switch it off.";
    finding.checked_at = Timestamp(Duration(0));
    finding.candidates = {"cname-proxied", "address-instead"};
    finding.evidence = {"; asked 192.0.2.1:53", "s1._domainkey.acme.example.\t300\tIN\tA\t104.21.48.10"};
    return finding;
}

}  // namespace

TEST_CASE("What is typed becomes the names of the slot") {
    auto options = acme();
    options.text = "v=DKIM1; p=AA";
    options.alternates = {"s2=s2.m4x9tz.custdkim.example.net"};
    const auto subject = cli::read_subject(options).value();
    CHECK(subject.domain.text() == "acme.example");
    CHECK(subject.selector == "s1");
    CHECK(subject.slot.owner.text() == "s1._domainkey.acme.example");
    CHECK(subject.slot.target.text() == "s1.q7w2ka.custdkim.example.net");
    REQUIRE(subject.others.size() == 1);
    CHECK(subject.others[0].owner.text() == "s2._domainkey.acme.example");
    CHECK(subject.others[0].target.text() == "s2.m4x9tz.custdkim.example.net");
    CHECK(subject.text == "v=DKIM1; p=AA");
}

TEST_CASE("An international domain, and another sender's selector with dots, are understood") {
    auto options = acme();
    options.domain = "m\xC3\xBCller.example";
    options.selector = "mail.2026";
    CHECK(cli::read_subject(options).value().slot.owner.text() ==
          "mail.2026._domainkey.xn--mller-kva.example");
}

TEST_CASE("A domain that is none is refused") {
    auto options = acme();
    options.domain = GENERATE("", "co.uk", "ann@acme.example", "192.0.2.1", "a_b.example", "x..example", ".");
    CAPTURE(options.domain);
    CHECK_FALSE(refusal(options).empty());
}

TEST_CASE("A selector that is none is refused, and does not reach the terminal as it is") {
    auto options = acme();
    options.selector = GENERATE("", "s1.", ".s1", "s_1", "s1._domainkey", "\x1B[2J", "s 1");
    CAPTURE(options.selector);
    CHECK(refusal(options).find("is not a selector") != std::string::npos);
    CHECK(refusal(options).find('\x1B') == std::string::npos);
}

TEST_CASE("A target that is none, or the name itself, is refused") {
    auto options = acme();
    options.target = GENERATE("", ".", "a..b", "s1._domainkey.acme.example");
    CAPTURE(options.target);
    CHECK(refusal(options).find("target") != std::string::npos);
}

TEST_CASE("An alternate is a selector and a target") {
    auto options = acme();
    options.alternates = {GENERATE("s2", "=x.example", "s2=", "s_2=x.example")};
    CAPTURE(options.alternates[0]);
    CHECK(refusal(options).starts_with("--alternate: "));
}

TEST_CASE("A finding is printed for people who have to mend it, and for their ticket") {
    const auto subject = cli::read_subject(acme()).value();
    CHECK(cli::finding_text(subject, proxied()) ==
          "s1._domainkey.acme.example: FAIL (cname-proxied)\n"
          "\n"
          "Addresses of a proxy stand in its place.\n"
          "\n"
          "What to do: Switch it off.\n"
          "\n"
          "From outside it could also be: address-instead\n"
          "\n"
          "Evidence, seen at 1970-01-01T00:00:00Z:\n"
          "\n"
          "; asked 192.0.2.1:53\n"
          "s1._domainkey.acme.example.\t300\tIN\tA\t104.21.48.10\n");
}

TEST_CASE("A pass is one line, and unknown is said to be that") {
    const auto subject = cli::read_subject(acme()).value();
    Finding finding;
    finding.outcome = Outcome::pass;
    CHECK(cli::finding_text(subject, finding) == "s1._domainkey.acme.example: PASS\n");
    finding.outcome = Outcome::unknown;
    CHECK(cli::finding_text(subject, finding) == "s1._domainkey.acme.example: COULD NOT TELL\n");
}

TEST_CASE("What others wrote into the evidence cannot steer a terminal") {
    const auto subject = cli::read_subject(acme()).value();
    Finding finding = proxied();
    finding.evidence = {"\x1B]0;title\x07"};
    CHECK(cli::finding_text(subject, finding).find('\x1B') == std::string::npos);
}

TEST_CASE("The document has every field, also where there is nothing to say") {
    const auto subject = cli::read_subject(acme()).value();
    const auto document = nlohmann::json::parse(cli::finding_document(subject, proxied()));
    CHECK(document.at("domain") == "acme.example");
    CHECK(document.at("selector") == "s1");
    CHECK(document.at("name") == "s1._domainkey.acme.example");
    CHECK(document.at("target") == "s1.q7w2ka.custdkim.example.net");
    CHECK(document.at("verdict") == "fail");
    CHECK(document.at("cause") == "cname-proxied");
    CHECK(document.at("candidates").size() == 2);
    CHECK(document.at("fix") == "Switch it off.");
    CHECK(document.at("evidence").size() == 2);
    CHECK(document.at("checked_at") == "1970-01-01T00:00:00Z");
    Finding odd;
    odd.detail = "\xFF";
    const auto empty = nlohmann::json::parse(cli::finding_document(subject, odd));
    CHECK(empty.at("verdict") == "unknown");
    CHECK(empty.at("cause").is_null());
    CHECK(empty.at("candidates").empty());
}

}  // namespace custdkim::test
