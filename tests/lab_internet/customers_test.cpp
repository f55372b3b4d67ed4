#include "tests/lab_internet/small_internet.hpp"

namespace custdkim::lab {

using Lines = std::vector<std::string>;

TEST_CASE("a misconfiguration is set, replaced by hand and removed") {
    SmallInternet world({healthy(), misconfiguration("pasted", "{selector1}._domainkey TXT {txt1}\n")});
    const dns::Name acme = dns::Name::parse("acme.example").value();
    const Customer customer = world.set("pasted");
    CHECK(customer.zone == "sel1._domainkey TXT \"v=DKIM1; p=KEY1\"\n");
    CHECK(customer.since == world.clock.now());
    CHECK(lines(world.ask({"sel1._domainkey.acme.example"}).answer) ==
          Lines{"sel1._domainkey.acme.example. 300 TXT \"v=DKIM1; p=KEY1\""});
    CHECK(world.internet.generation() == 1);

    const auto replaced = world.internet.replace_zone(acme, "{selector1}._domainkey 60 TXT own\n");
    REQUIRE(replaced.has_value());
    CHECK(replaced->replaced);
    CHECK(lines(world.ask({"sel1._domainkey.acme.example"}).answer) ==
          Lines{"sel1._domainkey.acme.example. 60 TXT \"own\""});
    CHECK(world.internet.find(acme)->zone == "sel1._domainkey 60 TXT own\n");

    world.set("healthy");
    CHECK_FALSE(world.internet.find(acme)->replaced);
    CHECK(world.internet.list().size() == 1);
    REQUIRE(world.internet.remove(acme).has_value());
    CHECK(world.internet.remove(acme).error().code == Errc::not_found);
    CHECK(world.internet.replace_zone(acme, "").error().code == Errc::not_found);
    CHECK_FALSE(world.internet.find(acme).has_value());
    CHECK(world.ask({"sel1._domainkey.acme.example"}).rcode == rcode::refused);
    CHECK(world.internet.generation() == 4);
}

TEST_CASE("a key that is not there yet is an empty one") {
    SmallInternet world({misconfiguration("pasted", "{selector1}._domainkey TXT {txt1}\n")});
    world.key_zones.texts.clear();
    CHECK(world.set("pasted").zone == "sel1._domainkey TXT \"v=DKIM1; k=rsa; p=\"\n");
}

TEST_CASE("what is unknown or cannot be read is refused, and the world stays as it was") {
    SmallInternet world({healthy(), misconfiguration("broken", "@ A 192.0.2.10\nwww A not-an-address\n")});
    world.set("healthy");
    const auto refusal = [&world](std::string_view id, std::string_view flavour) {
        return world.internet.set(key_of("acme.example"), id, flavour).error();
    };
    CHECK(refusal("nonsense", "").code == Errc::not_found);
    CHECK(refusal("healthy", "nonsense").detail == "'healthy' has no flavour 'nonsense'; it has default");
    CHECK(refusal("broken", "").code == Errc::invalid);
    CHECK(refusal("broken", "").detail.find("broken (default), zone:2: ") == 0);
    const auto replaced =
        world.internet.replace_zone(dns::Name::parse("acme.example").value(), "@ A 192.0.2.1\n{nonsense}");
    CHECK(replaced.error().code == Errc::invalid);
    CHECK(world.internet.replace_zone(dns::Name::parse("acme.example").value(), std::string(2 << 20, ';'))
              .error()
              .detail == "the zone is longer than 1 MiB");
    const auto named = [&](const std::string& text) {
        const dns::Name domain = dns::Name::parse("acme.example").value();
        return world.internet.replace_zone(domain, text, "acme.zone").error().detail;
    };
    CHECK(named("@ A 192.0.2.1\nx A no-address\n").find("acme.zone:2: ") == 0);
    CHECK(named("{nonsense}").find("acme.zone: '{nonsense}' is no placeholder") == 0);
    std::string many;
    for (int i = 0; i < 5001; ++i) many += "@ TXT x" + std::to_string(i) + "\n";
    CHECK(world.internet.replace_zone(dns::Name::parse("acme.example").value(), many).error().detail ==
          "the zone has more than 5000 records");
    CHECK(world.internet.generation() == 1);
    CHECK(world.internet.find(dns::Name::parse("acme.example").value())->misconfiguration == "healthy");
    CHECK(world.ask({"sel1._domainkey.acme.example", type::cname}).answer.size() == 1);
}

TEST_CASE("SOA and NS are added, unless they are left out or written") {
    Misconfiguration bare = misconfiguration("bare", "@ A 192.0.2.10\n");
    bare.without_soa = bare.without_ns = true;
    SmallInternet world(
        {healthy(), bare, misconfiguration("own", "@ 60 SOA ns.{domain}. me 7 1 1 1 86400\n@ 60 NS ns\n")});
    world.set("healthy");
    CHECK(
        lines(world.ask({"acme.example", type::soa}).answer) ==
        Lines{"acme.example. 3600 SOA ns1.c1.dns-provider.net. hostmaster.acme.example. 1795000000 7200 3600 "
              "1209600 300"});
    CHECK(lines(world.ask({"acme.example", type::ns}).answer) ==
          Lines{"acme.example. 3600 NS ns1.c1.dns-provider.net.",
                "acme.example. 3600 NS ns2.c1.dns-provider.net."});
    world.set("bare");
    CHECK(world.ask({"acme.example", type::soa}).answer.empty());
    CHECK(world.ask({"acme.example", type::soa}).authority.empty());
    CHECK(world.ask({"acme.example", type::ns}).answer.empty());
    world.set("own");
    CHECK(lines(world.ask({"acme.example", type::ns}).answer) ==
          Lines{"acme.example. 60 NS ns.acme.example."});
    CHECK(lines(world.ask({"no.acme.example"}).authority) ==
          Lines{"acme.example. 60 SOA ns.acme.example. me.acme.example. 7 1 1 1 86400"});
}

TEST_CASE("the serial moves with every change, and an odd server has an older one") {
    Misconfiguration split = healthy();
    split.id = "split";
    split.servers = {{2, true, "@ A 192.0.2.99\n", std::nullopt},
                     {3, false, "@ A 192.0.2.98\n", std::nullopt}};
    SmallInternet world({healthy(), split});
    const auto serial = [&world](const std::string& server) {
        const auto soa = lines(world.ask({"acme.example", type::soa}, server).answer).at(0);
        return soa.substr(soa.find(" 17") + 1, 10);
    };
    world.set("healthy");
    CHECK(serial("127.53.1.1") == "1795000000");
    world.set("split");
    CHECK(serial("127.53.1.1") == "1795000001");
    CHECK(serial("127.53.1.2") == "1795000000");
    CHECK(serial("127.53.1.3") == "1795000000");
    CHECK(lines(world.ask({"acme.example", type::a}, "127.53.1.2").answer) ==
          Lines{"acme.example. 300 A 192.0.2.99"});
    CHECK(world.ask({"acme.example"}, "127.53.0.2").authority.size() == 2);
}

TEST_CASE("a zone is exported as the customer wrote it") {
    Misconfiguration odd = healthy();
    odd.servers = {{2, true, "@ A 192.0.2.99\n", std::nullopt}};
    odd.flavours.front().serves = Serves::servfail;
    odd.flavours.front().zone = "@ A 192.0.2.1\n";
    SmallInternet world({odd});
    world.set("healthy");
    const dns::Name acme = dns::Name::parse("acme.example").value();
    CHECK(world.internet.export_zone(acme).value() ==
          "$ORIGIN acme.example.\n$TTL 300\n"
          "@ 3600 IN SOA ns1.c1.dns-provider.net. hostmaster 1795000000 7200 3600 1209600 300\n"
          "@ 3600 IN NS ns1.c1.dns-provider.net.\n@ 3600 IN NS ns2.c1.dns-provider.net.\n"
          "@ A 192.0.2.10\nsel1._domainkey CNAME sel1.abc.keys.custdkim.net.\n"
          "sel2._domainkey CNAME sel2.abc.keys.custdkim.net.\n");
    CHECK(world.internet.export_zone(acme, 2).value().find("192.0.2.99") != std::string::npos);
    CHECK(world.internet.export_zone(acme, 3).error().code == Errc::not_found);
    CHECK(world.internet.export_zone(acme, 99).error().code == Errc::not_found);
}

TEST_CASE("root hints and trust anchor are lines of a zone file") {
    SmallInternet world;
    CHECK(world.internet.root_hints() ==
          ". 3600000 IN NS a.lab-registry.\na.lab-registry. 3600000 IN A 127.53.0.1\n");
    const auto anchor = world.internet.trust_anchor();
    CHECK(anchor.find(". 3600 IN DS ") == 0);
    CHECK(anchor.find(" 13 2 ") != std::string::npos);
}

}  // namespace custdkim::lab
