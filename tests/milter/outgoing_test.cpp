// Whose mail is signed.
#include "milter/outgoing.hpp"

#include <catch2/catch.hpp>

namespace custdkim::milter {

namespace {

const OutgoingRules none;

bool is_ours(const OutgoingRules& rules, const char* address, const char* daemon = "") {
    return is_outgoing(rules, {address, daemon, false});
}

}  // namespace

TEST_CASE("Mail of this machine and of whoever has logged in is outgoing, and no other") {
    CHECK(is_outgoing(none, {}));
    for (const char* address : {"127.0.0.1", "127.8.9.10", "::1"}) CHECK(is_ours(none, address));
    for (const char* address : {"192.0.2.1", "10.0.0.1", "2001:db8::1", "::2", "128.0.0.1", "", "x"}) {
        CHECK_FALSE(is_ours(none, address));
        CHECK(is_outgoing(none, {address, "", true}));
    }
}

TEST_CASE("Mail of trusted networks, and of doors that are named, is outgoing") {
    OutgoingRules rules;
    for (const char* cidr : {"192.0.2.0/25", "2001:db8::/64"}) {
        rules.trusted.push_back(dns::parse_network(cidr).value());
    }
    rules.daemons = {"ORIGINATING"};
    for (const char* address : {"192.0.2.127", "2001:db8::ffff"}) CHECK(is_ours(rules, address));
    for (const char* address : {"192.0.2.128", "2001:db8:0:1::", "198.51.100.1"}) {
        CHECK_FALSE(is_ours(rules, address));
        CHECK(is_ours(rules, address, "ORIGINATING"));
        CHECK_FALSE(is_ours(rules, address, "smtpd"));
    }
}

TEST_CASE("All mail is outgoing where the rules say so") {
    OutgoingRules rules;
    rules.all = true;
    CHECK(is_ours(rules, "192.0.2.1"));
}

}  // namespace custdkim::milter
