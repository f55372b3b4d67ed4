#include "tests/lab_internet/small_internet.hpp"

namespace custdkim::lab {

using Lines = std::vector<std::string>;

namespace {

// A customer with this zone, served this way.
SmallInternet with(std::string zone, Serves serves = Serves::as_written) {
    Misconfiguration made = misconfiguration("healthy", std::move(zone));
    made.flavours.front().serves = serves;
    return SmallInternet({std::move(made)});
}

Lines answer(SmallInternet& world, const std::string& name, std::uint16_t wanted) {
    world.set("healthy");
    return lines(world.ask({name, wanted}).answer);
}

}  // namespace

TEST_CASE("a name without the type is NODATA, one that is not there NXDOMAIN, each with the SOA") {
    SmallInternet world;
    world.set("healthy");
    const Message nodata = world.ask({"acme.example", type::mx});
    CHECK(nodata.rcode == rcode::noerror);
    CHECK(nodata.answer.empty());
    CHECK(nodata.authoritative);
    const Message absent = world.ask({"nothing.acme.example", type::a});
    CHECK(absent.rcode == rcode::nxdomain);
    // RFC 2308 section 5: its MINIMUM, not the 3600 of the SOA.
    for (const Message* negative : {&nodata, &absent}) {
        CHECK(lines(negative->authority).at(0).find("acme.example. 300 SOA ") == 0);
    }
}

TEST_CASE("a name between others is there, and has nothing") {
    SmallInternet world;
    world.set("healthy");
    const Message between = world.ask({"_domainkey.acme.example"});
    CHECK(between.rcode == rcode::noerror);
    CHECK(between.answer.empty());
    CHECK(between.authority.size() == 1);
}

TEST_CASE("the question's case is kept in the answer's owner, the target's as it is written") {
    SmallInternet world = with("Sel1._DomainKey CNAME Target.Example.NET.\n");
    CHECK(answer(world, "sEL1._domainkey.ACME.example", type::txt) ==
          Lines{"sEL1._domainkey.ACME.example. 300 CNAME Target.Example.NET."});
}

TEST_CASE("chains are followed within the zone") {
    SmallInternet world = with(
        "a CNAME b\nb CNAME c\nc TXT end\nout CNAME elsewhere.example.\ndangling CNAME nowhere\n"
        "empty CNAME @\nself CNAME self\nl1 CNAME l2\nl2 CNAME l1\n");
    CHECK(answer(world, "a.acme.example", type::txt) == Lines{"a.acme.example. 300 CNAME b.acme.example.",
                                                              "b.acme.example. 300 CNAME c.acme.example.",
                                                              "c.acme.example. 300 TXT \"end\""});
    CHECK(answer(world, "a.acme.example", type::cname).size() == 1);
    CHECK(answer(world, "out.acme.example", type::txt).size() == 1);
    const Message dangling = world.ask({"dangling.acme.example"});
    CHECK(dangling.rcode == rcode::nxdomain);
    CHECK(dangling.answer.size() == 1);
    CHECK(dangling.authority.size() == 1);
    const Message empty = world.ask({"empty.acme.example"});
    CHECK(empty.rcode == rcode::noerror);
    CHECK(empty.authority.size() == 1);
    CHECK(answer(world, "self.acme.example", type::txt).size() == 1);
    CHECK(answer(world, "l1.acme.example", type::txt).size() == 2);
}

TEST_CASE("beside a CNAME nothing is seen, or each type as if it stood alone") {
    const std::string zone = "s CNAME t.example.net.\ns TXT own\ns A 192.0.2.1\n";
    const Lines cname{"s.acme.example. 300 CNAME t.example.net."};
    SmallInternet wins = with(zone);
    for (const auto wanted : {type::cname, type::txt, type::a, type::mx, type::any}) {
        CHECK(answer(wins, "s.acme.example", wanted) == cname);
    }
    SmallInternet by_type = with(zone, Serves::by_type);
    CHECK(answer(by_type, "s.acme.example", type::cname) == cname);
    CHECK(answer(by_type, "s.acme.example", type::txt) == Lines{"s.acme.example. 300 TXT \"own\""});
    CHECK(answer(by_type, "s.acme.example", type::a) == Lines{"s.acme.example. 300 A 192.0.2.1"});
    CHECK(answer(by_type, "s.acme.example", type::mx) == cname);
    CHECK(answer(by_type, "s.acme.example", type::any).size() == 3);
}

TEST_CASE("of two CNAMEs both are shown, and one is followed") {
    SmallInternet world = with("s CNAME t1\ns CNAME t2\nt1 TXT one\nt2 TXT two\n");
    CHECK(answer(world, "s.acme.example", type::cname) ==
          Lines{"s.acme.example. 300 CNAME t1.acme.example.", "s.acme.example. 300 CNAME t2.acme.example."});
    CHECK(answer(world, "s.acme.example", type::txt) ==
          Lines{"s.acme.example. 300 CNAME t1.acme.example.", "t1.acme.example. 300 TXT \"one\""});
}

TEST_CASE("a record written twice is one") {
    SmallInternet world = with("s 300 CNAME t.example.net.\ns 600 CNAME T.example.net.\n");
    CHECK(answer(world, "s.acme.example", type::cname) == Lines{"s.acme.example. 300 CNAME t.example.net."});
}

TEST_CASE("a CNAME at the apex answers for all but the SOA") {
    SmallInternet world = with("@ CNAME shop.example.net.\ns CNAME t.example.net.\n");
    const Lines cname{"acme.example. 300 CNAME shop.example.net."};
    for (const auto wanted : {type::ns, type::txt, type::cname}) {
        CHECK(answer(world, "acme.example", wanted) == cname);
    }
    CHECK(answer(world, "acme.example", type::soa).at(0).find("acme.example. 3600 SOA ") == 0);
    CHECK(answer(world, "s.acme.example", type::cname).size() == 1);
}

TEST_CASE("a CNAME beside NS is a referral") {
    SmallInternet world = with("s CNAME t.example.net.\ns NS ns1.other.example.\n");
    world.set("healthy");
    const Message referral = world.ask({"s.acme.example", type::cname});
    CHECK_FALSE(referral.authoritative);
    CHECK(referral.answer.empty());
    CHECK(lines(referral.authority) == Lines{"s.acme.example. 300 NS ns1.other.example."});
}

TEST_CASE("a delegation hides what is below it, and comes with its glue") {
    SmallInternet world = with(
        "_domainkey NS ns1.mailkeys\nns1.mailkeys A 192.0.2.53\ns._domainkey CNAME t.example.net.\n"
        "alias CNAME s._domainkey\n");
    world.set("healthy");
    for (const char* name : {"s._domainkey.acme.example", "_domainkey.acme.example"}) {
        const Message referral = world.ask({name, type::cname});
        CHECK_FALSE(referral.authoritative);
        CHECK(lines(referral.authority) ==
              Lines{"_domainkey.acme.example. 300 NS ns1.mailkeys.acme.example."});
        CHECK(lines(referral.additional) == Lines{"ns1.mailkeys.acme.example. 300 A 192.0.2.53"});
    }
    CHECK(world.ask({"_domainkey.acme.example", type::ds}).authoritative);
    const Message alias = world.ask({"alias.acme.example"});
    CHECK(alias.authoritative);
    CHECK(alias.answer.size() == 1);
    CHECK(alias.authority.at(0).type == type::ns);
}

TEST_CASE("a DNAME redirects what is below it, and hides what is written there") {
    SmallInternet world = with("_domainkey 600 DNAME keys\nsel1.keys TXT key\nsel2._domainkey TXT hidden\n");
    CHECK(answer(world, "Sel1._domainkey.acme.example", type::txt) ==
          Lines{"_domainkey.acme.example. 600 DNAME keys.acme.example.",
                "Sel1._domainkey.acme.example. 600 CNAME Sel1.keys.acme.example.",
                "Sel1.keys.acme.example. 300 TXT \"key\""});
    CHECK(answer(world, "sel2._domainkey.acme.example", type::cname).size() == 2);
    CHECK(world.ask({"sel2._domainkey.acme.example"}).rcode == rcode::nxdomain);
    CHECK(answer(world, "_domainkey.acme.example", type::dname).size() == 1);
    CHECK(answer(world, "_domainkey.acme.example", type::txt).empty());
    // RFC 6672 section 2.2: what becomes too long is YXDOMAIN.
    SmallInternet longer = with("d DNAME " + std::string(60, 'x') + "." + std::string(60, 'y') + "." +
                                std::string(60, 'z') + ".example.\n");
    longer.set("healthy");
    CHECK(longer.ask({std::string(60, 'q') + "." + std::string(20, 'p') + ".d.acme.example"}).rcode == 6);
}

TEST_CASE("a wildcard answers for names that are not there") {
    SmallInternet world =
        with("*._domainkey TXT wild\nsel1._domainkey A 192.0.2.1\n*.c CNAME t.example.net.\n");
    CHECK(answer(world, "other._domainkey.acme.example", type::txt) ==
          Lines{"other._domainkey.acme.example. 300 TXT \"wild\""});
    CHECK(answer(world, "a.b._domainkey.acme.example", type::txt).size() == 1);
    CHECK(answer(world, "sel1._domainkey.acme.example", type::txt).empty());
    CHECK(world.ask({"x.sel1._domainkey.acme.example"}).rcode == rcode::nxdomain);
    CHECK(world.ask({"other._domainkey.acme.example", type::mx}).rcode == rcode::noerror);
    CHECK(answer(world, "x.c.acme.example", type::txt) ==
          Lines{"x.c.acme.example. 300 CNAME t.example.net."});
}

TEST_CASE("a zone that is not loaded is SERVFAIL, one that is not there REFUSED") {
    for (const auto& [serves, rcode] : std::map<Serves, std::uint16_t>{{Serves::servfail, rcode::servfail},
                                                                       {Serves::refused, rcode::refused}}) {
        // Not even the reason has to be readable.
        SmallInternet world = with("sel1._domainkey..broken CNAME\n", serves);
        world.set("healthy");
        CHECK(world.ask({"acme.example", type::soa}).rcode == rcode);
        CHECK(world.internet.replace_zone(dns::Name::parse("acme.example").value(), "@ A 192.0.2.1\n")
                  .has_value());
        CHECK(world.ask({"acme.example", type::a}).answer.size() == 1);
    }
}

TEST_CASE("the zone before the edit is served on, with its serial") {
    Misconfiguration edit = misconfiguration("edit", "sel1._domainkey CNAME new.example.net.\n");
    edit.before = "sel1._domainkey CNAME old.example.net.\n";
    edit.flavours.front().serves = Serves::before;
    Misconfiguration incomplete = edit;
    incomplete.id = "incomplete";
    incomplete.before.reset();
    SmallInternet world({edit, incomplete});
    CHECK(world.set("edit").zone == "sel1._domainkey CNAME new.example.net.\n");
    CHECK(lines(world.ask({"sel1._domainkey.acme.example"}).answer) ==
          Lines{"sel1._domainkey.acme.example. 300 CNAME old.example.net."});
    CHECK(lines(world.ask({"acme.example", type::soa}).answer).at(0).find(" 1794999999 ") !=
          std::string::npos);
    CHECK(world.internet.set(key_of("acme.example"), "incomplete").error().code == Errc::invalid);
}

TEST_CASE("a flavour has its own reading of the zone") {
    Misconfiguration quoted = healthy();
    quoted.flavours.front().zone = "{selector1}._domainkey CNAME odd.{domain}.\n";
    SmallInternet world({quoted});
    CHECK(world.set("healthy").zone.find("sel1.abc") != std::string::npos);
    CHECK(lines(world.ask({"sel1._domainkey.acme.example"}).answer) ==
          Lines{"sel1._domainkey.acme.example. 300 CNAME odd.acme.example."});
}

}  // namespace custdkim::lab
