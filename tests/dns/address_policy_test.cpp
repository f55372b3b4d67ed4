#include "dns/address_policy.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace custdkim;
using dns::AddressPolicy;

namespace {

bool has(const std::vector<std::string>& texts, const std::string& text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace

TEST_CASE("Addresses of the open internet may be asked") {
    const AddressPolicy policy;
    for (const char* address : {"198.41.0.4", "8.8.8.8", "172.15.255.255", "172.32.0.0", "100.63.0.1",
                                "2001:503:ba3e::2:30", "2a00::53", "64:ff9b::808:808"}) {
        CHECK(policy.permits(address));
    }
}

TEST_CASE("Addresses that are not the open internet's may not be asked") {
    const AddressPolicy policy;
    for (const char* address :
         {"127.0.0.1", "127.53.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "172.31.255.255",
          "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "192.0.2.1",
          "::", "::1", "fe80::1", "fd00::1", "ff02::1", "2001:db8::1"}) {
        CHECK_FALSE(policy.permits(address));
    }
}

TEST_CASE("IPv6 addresses that stand for closed IPv4 ones may not be asked") {
    const AddressPolicy policy;
    for (const char* address : {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::127.0.0.1",
                                "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:7f00:1::1", "2001:0:7f00:1::"}) {
        CHECK_FALSE(policy.permits(address));
    }
}

TEST_CASE("What is no address may not be asked") {
    const AddressPolicy policy;
    for (const char* text :
         {"", "localhost", "8.8.8.8/32", "8.8.8", "8.8.8.8:53", "fe80::1%lo", "8.8.8.8 "}) {
        CHECK_FALSE(policy.permits(text));
    }
}

TEST_CASE("What is allowed is cut out of what is forbidden") {
    const auto policy = AddressPolicy::make({"127.53.0.0/16", "::1"}).value();
    CHECK(policy.permits("127.53.0.1"));
    CHECK(policy.permits("127.53.255.255"));
    CHECK_FALSE(policy.permits("127.52.255.255"));
    CHECK_FALSE(policy.permits("127.54.0.0"));
    CHECK(policy.permits("::1"));
    CHECK_FALSE(policy.permits("::2"));

    const auto forbidden = policy.forbidden_networks();
    CHECK_FALSE(has(forbidden, "127.0.0.0/8"));
    CHECK(has(forbidden, "127.128.0.0/9"));
    CHECK(has(forbidden, "127.52.0.0/16"));
    CHECK_FALSE(has(forbidden, "127.53.0.0/16"));
    CHECK(has(forbidden, "10.0.0.0/8"));
}

TEST_CASE("More can be allowed than is forbidden, and everything") {
    CHECK(AddressPolicy::make({"10.0.0.0/7"}).value().permits("10.1.2.3"));
    const auto all = AddressPolicy::make({"0.0.0.0/0", "::/0"}).value();
    CHECK(all.forbidden_networks().empty());
    CHECK(all.permits("127.0.0.1"));
}

TEST_CASE("What is forbidden by name stays so, even where it is allowed") {
    const auto policy = AddressPolicy::make({"127.0.0.0/8"}, {"127.0.0.1", "8.8.0.0/16"}).value();
    CHECK(policy.permits("127.0.0.2"));
    CHECK_FALSE(policy.permits("127.0.0.1"));
    CHECK_FALSE(policy.permits("8.8.8.8"));
}

TEST_CASE("A network that is none is refused with the reason") {
    CHECK(dns::check_network("127.0.0.0/8").has_value());
    CHECK(dns::check_network("0.0.0.0/0").has_value());
    CHECK(dns::check_network("fd00::/8").has_value());
    CHECK(dns::check_network("::1").has_value());
    CHECK(dns::check_network("lab").error().detail ==
          "'lab' is not a network: 'lab' is not an IP address; write it like 127.0.0.0/8 or fd00::/8");
    CHECK(
        dns::check_network("127.0.0.1/8").error().detail ==
        "'127.0.0.1/8' is not a network: there are bits set behind the prefix; write it like 127.0.0.0/8 or "
        "fd00::/8");
    for (const char* text : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "::/1x", "/8", ""}) {
        CHECK(dns::check_network(text).error().code == Errc::invalid);
    }
    CHECK_FALSE(AddressPolicy::make({"10.0.0.0/33"}).has_value());
    CHECK_FALSE(AddressPolicy::make({}, {"x"}).has_value());
}
