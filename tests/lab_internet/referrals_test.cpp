#include "tests/lab_internet/small_internet.hpp"

namespace custdkim::lab {

using Lines = std::vector<std::string>;

TEST_CASE("from the root one comes to a customer's CNAME, and on to the key zone") {
    SmallInternet world;
    world.set("healthy");
    const Message cname = world.walk({"sel1._domainkey.acme.example", type::cname});
    CHECK(cname.authoritative);
    CHECK(lines(cname.answer) ==
          Lines{"sel1._domainkey.acme.example. 300 CNAME sel1.abc.keys.custdkim.net."});
    CHECK(lines(world.walk({"sel1._domainkey.acme.example"}).answer) == lines(cname.answer));
    CHECK(lines(world.walk({"sel1.abc.keys.custdkim.net"}).answer) ==
          Lines{"sel1.abc.keys.custdkim.net. 300 TXT \"v=DKIM1; p=KEY1\""});
}

TEST_CASE("the root refers to top-level domains that have something below them") {
    SmallInternet world;
    const std::string root = world.internet.root_addresses().front();
    CHECK(world.ask({"acme.example"}, root).rcode == rcode::nxdomain);
    world.set("healthy");
    const Message referral = world.ask({"acme.example"}, root);
    CHECK(referral.rcode == rcode::noerror);
    CHECK_FALSE(referral.authoritative);
    CHECK(lines(referral.authority) == Lines{"example. 300 NS a.lab-registry.example."});
    CHECK(lines(referral.additional) == Lines{"a.lab-registry.example. 300 A 127.53.0.2"});
    REQUIRE(world.internet.remove(dns::Name::parse("acme.example").value()).has_value());
    CHECK(world.ask({"acme.example"}, root).rcode == rcode::nxdomain);
}

TEST_CASE("a domain is delegated by its top-level domain, whatever lies between") {
    SmallInternet world;
    REQUIRE(world.internet.set(key_of("acme.co.uk"), "healthy").has_value());
    const Message between = world.ask({"co.uk", type::ns}, "127.53.0.2");
    CHECK(between.rcode == rcode::noerror);
    CHECK(between.answer.empty());
    CHECK(
        lines(world.ask({"www.acme.co.uk"}, "127.53.0.2").authority) ==
        Lines{"acme.co.uk. 300 NS ns1.c1.dns-provider.net.", "acme.co.uk. 300 NS ns2.c1.dns-provider.net."});
    CHECK(world.ask({"other.co.uk"}, "127.53.0.2").rcode == rcode::nxdomain);
    CHECK(world.walk({"sel1._domainkey.acme.co.uk", type::cname}).answer.size() == 1);
}

TEST_CASE("a customer's domain inside another customer's is delegated there") {
    SmallInternet world;
    world.set("healthy");
    REQUIRE(world.internet.set(key_of("mail.eu.acme.example"), "healthy").has_value());
    const Message referral = world.ask({"sel1._domainkey.mail.eu.acme.example"});
    CHECK_FALSE(referral.authoritative);
    CHECK(lines(referral.authority).front() == "mail.eu.acme.example. 300 NS ns1.c2.dns-provider.net.");
    CHECK(world.ask({"eu.acme.example"}).rcode == rcode::noerror);
    CHECK(world.ask({"us.acme.example"}).rcode == rcode::nxdomain);
    CHECK(world.walk({"sel1._domainkey.mail.eu.acme.example"}).answer.size() == 1);
    REQUIRE(world.internet.remove(dns::Name::parse("mail.eu.acme.example").value()).has_value());
    CHECK(world.ask({"sel1._domainkey.mail.eu.acme.example"}).rcode == rcode::nxdomain);
}

TEST_CASE("servers refuse what is not theirs, and nobody is at other addresses") {
    SmallInternet world;
    world.set("healthy");
    for (const char* server : {"127.53.0.2", "127.53.0.3", "127.53.0.4", "127.53.2.1", "127.53.1.3"}) {
        const char* foreign = std::string(server) == "127.53.0.2" ? "acme.nowhere" : "acme.example";
        CHECK(world.ask({foreign}, server).rcode == rcode::refused);
    }
    CHECK(world.raw({"acme.example"}, "127.53.99.1").kind == Reply::Kind::silence);
    CHECK(world.raw({"acme.example"}, "192.0.2.1").kind == Reply::Kind::silence);
}

TEST_CASE("the lab's own domains and key zones cannot be customers'") {
    SmallInternet world;
    for (const char* domain : {"example", "dns-provider.net", "x.dns-provider.net", "keys.custdkim.net",
                               "abc.keys.custdkim.net", "lab-registry.example", "x.lab-registry"}) {
        const auto set = world.internet.set(key_of(domain), "healthy");
        REQUIRE_FALSE(set.has_value());
        CHECK(set.error().code == Errc::invalid);
    }
    CHECK(world.internet.set(key_of("custdkim.net"), "healthy").has_value());
    CHECK(world.walk({"sel1.abc.keys.custdkim.net"}).answer.size() == 1);
}

TEST_CASE("the lab knows which names are in it") {
    SmallInternet world;
    world.set("healthy");
    for (const char* name :
         {".", "example", "acme.example", "nothing.acme.example", "net", "dns-provider.net",
          "ns1.c1.dns-provider.net", "keys.custdkim.net", "a.b.keys.custdkim.net"}) {
        CHECK(world.internet.knows(wire(name)));
    }
    for (const char* name : {"com", "other.example", "acme.example.com"}) {
        CHECK_FALSE(world.internet.knows(wire(name)));
    }
}

TEST_CASE("ten thousand customers are set quickly, and each is found") {
    SmallInternet world;
    const auto domain = [](int i) { return "customer-" + std::to_string(i) + ".example"; };
    for (int i = 0; i < 10'000; ++i) REQUIRE(world.internet.set(key_of(domain(i)), "healthy").has_value());
    for (int i = 0; i < 10'000; i += 997) {
        CHECK(world.walk({"sel2._domainkey." + domain(i), type::cname}).answer.size() == 1);
    }
    CHECK(world.internet.list().size() == 10'000);
    CHECK(world.internet.generation() == 10'000);
    CHECK(world.internet.addresses().size() == 4 + 64 * 5);
}

}  // namespace custdkim::lab
