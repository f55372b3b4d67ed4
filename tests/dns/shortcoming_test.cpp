// What counts as an answer.
#include <catch2/catch.hpp>

#include "dns/record_text.hpp"

namespace custdkim::test {

namespace {

dns::Name name(const std::string& text) { return dns::Name::parse(text).value(); }

dns::Answer alias_only() {
    dns::Answer answer;
    answer.answer = {{name("s1._domainkey.acme.example"), "CNAME", 300, "s1.q7w2ka.custdkim.example.net."}};
    return answer;
}

}  // namespace

TEST_CASE("A record of the type that was asked for is an answer") {
    CHECK(dns::shortcoming(alias_only(), dns::QuestionType::cname).empty());
    CHECK(dns::shortcoming(alias_only(), dns::QuestionType::any).empty());
}

TEST_CASE("An alias that leads to nothing of that type is NODATA") {
    CHECK(dns::shortcoming(alias_only(), dns::QuestionType::txt) == "NODATA");
    CHECK(dns::shortcoming({}, dns::QuestionType::cname) == "NODATA");
}

TEST_CASE("The end of the chain decides: NXDOMAIN behind an alias is NXDOMAIN, and a failure one") {
    dns::Answer answer = alias_only();
    answer.rcode = dns::rcode::nxdomain;
    CHECK(dns::shortcoming(answer, dns::QuestionType::txt) == "NXDOMAIN");
    answer.rcode = 2;
    CHECK(dns::shortcoming(answer, dns::QuestionType::txt) == "SERVFAIL");
}

}  // namespace custdkim::test
