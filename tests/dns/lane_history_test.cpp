#include "dns/lane_history.hpp"

#include <catch2/catch.hpp>

using namespace custdkim;
using dns::LaneHistory;

namespace {

dns::Name name(const char* text) { return dns::Name::parse(text).value(); }

// To `names.front()`, along the aliases between them.
dns::Answer along(const std::vector<const char*>& names) {
    dns::Answer answer;
    for (std::size_t at = 0; at + 1 < names.size(); ++at) {
        answer.aliases.push_back({name(names[at]), name(names[at + 1])});
    }
    return answer;
}

const char* const acme = "s1._domainkey.acme.example";
const char* const brand = "s1._domainkey.brand.example";
const char* const acme_key = "s1.q7w2ka.custdkim.example.net";
const char* const brand_key = "s1.m4x9tz.custdkim.example.net";

}  // namespace

TEST_CASE("The registrable domain is the name below the public suffix") {
    CHECK(dns::registrable_domain(name(acme)) == "acme.example");
    CHECK(dns::registrable_domain(name("s1._domainkey.mail.acme.co.uk")) == "acme.co.uk");
    CHECK(dns::registrable_domain(name("acme.example")) == "acme.example");
    CHECK(dns::registrable_domain(name("a.github.io")) == "github.io");
}

TEST_CASE("Where nobody registered anything the name stands for itself") {
    CHECK(dns::registrable_domain(name("co.uk")) == "co.uk");
    CHECK(dns::registrable_domain(name("example")) == "example");
    CHECK(dns::registrable_domain(dns::Name()) == "");
}

TEST_CASE("A lane asks about a customer once") {
    LaneHistory history;
    CHECK(history.may_ask(name(acme)));
    history.begin(name(acme));
    CHECK_FALSE(history.may_ask(name(acme)));
    CHECK_FALSE(history.may_ask(name("s2._domainkey.acme.example")));
    CHECK_FALSE(history.may_ask(name("acme.example")));
    CHECK(history.may_ask(name(brand)));
    CHECK(history.questions() == 1);
}

TEST_CASE("Keys of one zone do not make each other known") {
    LaneHistory history;
    history.begin(name(acme));
    history.end(along({acme, acme_key}));
    history.begin(name(brand));
    CHECK_FALSE(history.was_primed(name(brand), along({brand, brand_key})));
    CHECK(history.may_ask(name(brand_key)));
}

TEST_CASE("A lane does not ask where an alias led it") {
    LaneHistory history;
    history.begin(name(brand));
    history.end(along({brand, acme, acme_key}));
    CHECK_FALSE(history.may_ask(name(acme)));
    CHECK_FALSE(history.may_ask(name("s2._domainkey.acme.example")));
    CHECK_FALSE(history.may_ask(name(acme_key)));
    CHECK(history.may_ask(name(brand_key)));
}

TEST_CASE("An answer that comes by way of what the lane knew is primed") {
    LaneHistory history;
    history.begin(name(acme));
    history.end(along({acme, acme_key}));
    history.begin(name(brand));
    CHECK(history.was_primed(name(brand), along({brand, acme, acme_key})));
    CHECK(history.was_primed(name(brand), along({brand, "keys.acme.example", brand_key})));
    CHECK(history.was_primed(name(brand), along({brand, acme_key})));
    CHECK(history.was_primed(name(brand), along({brand, acme})));
}

TEST_CASE("Hops within the customer's own domain are new to the lane") {
    LaneHistory history;
    history.begin(name(acme));
    CHECK_FALSE(history.was_primed(name(acme), along({acme, "first.keys.acme.example", acme_key})));
    CHECK_FALSE(history.was_primed(name(acme), along({acme, acme})));
}

TEST_CASE("A DNAME to what all share is not knowledge of anybody") {
    dns::Answer answer = along({acme, acme_key});
    answer.aliases.push_back({name("_domainkey.acme.example"), name("shared.example.net"), true});
    LaneHistory history;
    history.begin(name(acme));
    history.end(answer);
    dns::Answer other = along({brand, brand_key});
    other.aliases.push_back({name("_domainkey.brand.example"), name("shared.example.net"), true});
    history.begin(name(brand));
    CHECK_FALSE(history.was_primed(name(brand), other));
}
