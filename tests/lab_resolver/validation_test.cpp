// What is signed: secure, insecure and bogus, with the extended errors of Unbound (the catalogue's C6).
#include <catch2/catch.hpp>

#include "rig.hpp"

namespace custdkim::lab::test {

namespace {

using Change = std::function<void(FakeWorld& world)>;

// Everything signed; `change` comes after.
Rig signed_rig(Signing customer = {}, const std::function<void(ResourceRecord& ds)>& change_ds = {},
               const Change& change = {}, const Change& before = {}) {
    FakeWorld world;
    if (before) before(world);
    std::string anchor = world.sign_all(change_ds, customer);
    if (change) change(world);
    return Rig(std::move(world), std::move(anchor));
}

std::string ask(Rig& rig, Message asked) { return shown(rig.resolver.resolve(asked).message); }

Change without(std::uint16_t type) {
    return [type](FakeWorld& world) {
        for (const char* server : {"127.0.0.3", "127.0.0.4"}) {
            std::erase_if(world.zone(server, "acme.example."),
                          [=](const ResourceRecord& record) { return record.type == type; });
        }
    };
}

Message unchecked(Message asked) {
    asked.checking_disabled = true;
    return asked;
}

constexpr const char* secure_cname = "NOERROR AD | CNAME s1.q.keys.example.";

}  // namespace

TEST_CASE("A signed zone's CNAME is secure, the TXT in the unsigned zone behind it is not") {
    Rig rig = signed_rig();
    CHECK(rig.cname() == secure_cname);
    CHECK(rig.cname() == secure_cname);
    CHECK(rig.txt() == right_txt);
    CHECK(rig.ask("acme.example.") == "NOERROR AD | TXT \"apex\"");
    CHECK(rig.ask("s2.q.keys.example.") == "NOERROR | TXT \"K2\"");
}

TEST_CASE("AD is for those who asked with AD or DO, and signatures for DO") {
    Rig rig = signed_rig();
    Message plain = question(Rig::owner, type::cname);
    plain.authentic = false;
    CHECK(ask(rig, plain) == right_cname);
    const Message with_do = question(Rig::owner, type::cname, true);
    CHECK(ask(rig, with_do) == "NOERROR AD | CNAME s1.q.keys.example. | RRSIG");
    CHECK(rig.resolver.resolve(with_do).message.edns->dnssec_ok);
    plain.edns.reset();
    CHECK_FALSE(rig.resolver.resolve(plain).message.edns);
}

TEST_CASE("Without a trust anchor nothing is validated, and a wrong one makes everything bogus") {
    FakeWorld world;
    world.sign_all();
    Rig blind(world, "");
    CHECK(blind.cname() == right_cname);
    Rig wrong(world, FakeWorld().sign_all());
    CHECK(wrong.cname() == "SERVFAIL EDE 9");
    CHECK_THROWS_AS(Rig("no record"), std::invalid_argument);
    CHECK_THROWS_AS(Rig("example. DS 1 13 2 00"), std::invalid_argument);
}

TEST_CASE("Denials in a signed zone are proven: no such name, no such type, an empty non-terminal") {
    Rig rig = signed_rig();
    CHECK(rig.ask("none.acme.example.") == "NXDOMAIN AD");
    CHECK(rig.ask("a.b.none2.acme.example.") == "NXDOMAIN AD");
    CHECK(rig.ask("ns1.acme.example.") == "NOERROR AD");
    CHECK(rig.ask("_domainkey.acme.example.") == "NOERROR AD");
    CHECK(rig.ask("keys.example.", type::ds) == "NOERROR AD");
    CHECK(rig.ask("acme.example.", type::ds).find("NOERROR AD | DS") == 0);
    CHECK(rig.ask("acme.example.", type::dnskey).find("NOERROR AD | DNSKEY") == 0);
    const Message response = rig.resolver.resolve(question("none.acme.example.", type::txt, true)).message;
    CHECK(std::any_of(response.authority.begin(), response.authority.end(),
                      [](const ResourceRecord& record) { return record.type == type::nsec; }));
}

TEST_CASE("A proven denial of a name goes for all below it") {
    Rig rig = signed_rig();
    CHECK(rig.ask("none.acme.example.") == "NXDOMAIN AD");
    const std::size_t asked = rig.world.asked.size();
    CHECK(rig.ask("below.none.acme.example.") == "NXDOMAIN AD");
    CHECK(rig.ask("none.acme.example.", type::a) == "NXDOMAIN AD");
    CHECK(rig.world.asked.size() == asked);
}

TEST_CASE("A wildcard's record is secure with the proof that nothing else is there, bogus without") {
    const Change wildcard = [](FakeWorld& world) {
        world.zone("127.0.0.3", "acme.example.")
            .push_back({name("*.w.acme.example."), type::txt, 300, std::string("\1w", 2)});
    };
    Rig rig = signed_rig({}, {}, {}, wildcard);
    CHECK(rig.ask("any.w.acme.example.") == "NOERROR AD | TXT \"w\"");
    Rig bare = signed_rig({}, {}, without(type::nsec), wildcard);
    CHECK(bare.ask("any.w.acme.example.") == "SERVFAIL EDE 12");
}

TEST_CASE("Signatures that are over, or not begun") {
    Rig expired = signed_rig({Duration(-30 * 86400), Duration(-86400)});
    CHECK(expired.cname() == "SERVFAIL EDE 7");
    CHECK(expired.txt() == "SERVFAIL EDE 7");
    Rig early = signed_rig({Duration(86400), Duration(30 * 86400)});
    CHECK(early.cname() == "SERVFAIL EDE 8");
}

TEST_CASE("A signature that runs out while it is cached takes its record along") {
    Rig rig = signed_rig({Duration(-86400), Duration(100)});
    CHECK(rig.cname() == secure_cname);
    rig.clock.advance(Duration(99));
    CHECK(rig.cname() == secure_cname);
    rig.clock.advance(Duration(2));
    CHECK(rig.cname() == "SERVFAIL EDE 7");
}

TEST_CASE("The second time, what is bogus has lost its reason, as in Unbound") {
    Rig rig = signed_rig({Duration(-30 * 86400), Duration(-86400)});
    CHECK(rig.cname() == "SERVFAIL EDE 7");
    CHECK(rig.cname() == "SERVFAIL EDE 6");
    rig.clock.advance(Duration(61));
    CHECK(rig.cname() == "SERVFAIL EDE 7");
}

TEST_CASE("Whoever has no EDNS gets no extended error") {
    Rig rig = signed_rig({Duration(-30 * 86400), Duration(-86400)});
    Message plain = question(Rig::owner);
    plain.edns.reset();
    const Message response = rig.resolver.resolve(plain).message;
    CHECK(shown(response) == "SERVFAIL");
    CHECK_FALSE(response.edns);
}

TEST_CASE("CD asks for the data whatever it is worth, before and after it was judged") {
    const auto broken = [] { return signed_rig({Duration(-30 * 86400), Duration(-86400)}); };
    Rig rig = broken();
    CHECK(ask(rig, unchecked(question(Rig::owner))) == right_txt);
    CHECK_FALSE(rig.resolver.from_cache(question(Rig::owner)));
    CHECK(rig.txt() == "SERVFAIL EDE 7");
    CHECK(ask(rig, unchecked(question(Rig::owner))) == right_txt);
    Rig good = signed_rig();
    CHECK(ask(good, unchecked(question(Rig::owner, type::cname))) == right_cname);
    CHECK(good.cname() == secure_cname);
    CHECK(ask(good, unchecked(question(Rig::owner, type::cname))) == right_cname);
}

TEST_CASE("A DS that fits no key, and a DS above a zone that is not signed") {
    Rig mismatch = signed_rig({}, [](ResourceRecord& ds) { ds.rdata.back() ^= 1; });
    CHECK(mismatch.cname() == "SERVFAIL EDE 9");
    CHECK(ask(mismatch, unchecked(question(Rig::owner))) == right_txt);
    Rig unsigned_zone = signed_rig({}, {}, [](FakeWorld& world) {
        for (const std::uint16_t type : {type::rrsig, type::nsec, type::dnskey}) without(type)(world);
    });
    CHECK(unsigned_zone.cname() == "SERVFAIL EDE 9");
    CHECK(unsigned_zone.txt() == "SERVFAIL EDE 9");
    CHECK(unsigned_zone.ask("none.acme.example.") == "SERVFAIL EDE 9");
}

TEST_CASE("A zone whose keys are gone") {
    Rig rig = signed_rig({}, {}, without(type::dnskey));
    CHECK(rig.cname() == "SERVFAIL EDE 9");
}

TEST_CASE("A record that was altered after signing, and one that never was signed") {
    Rig altered = signed_rig({}, {}, [](FakeWorld& world) {
        for (const char* server : {"127.0.0.3", "127.0.0.4"}) {
            for (ResourceRecord& record : world.zone(server, "acme.example.")) {
                if (record.type == type::cname) record.rdata = name("evil.keys.example.");
            }
        }
    });
    CHECK(altered.cname() == "SERVFAIL EDE 6");
    Rig added = signed_rig({}, {}, [](FakeWorld& world) {
        for (const char* server : {"127.0.0.3", "127.0.0.4"}) {
            world.zone(server, "acme.example.")
                .push_back(
                    {name("s3._domainkey.acme.example."), type::cname, 300, name("s1.q.keys.example.")});
        }
    });
    CHECK(added.ask("s3._domainkey.acme.example.", type::cname) == "SERVFAIL EDE 10");
    CHECK(added.ask("s3._domainkey.acme.example.") == "SERVFAIL EDE 10");
    CHECK(ask(added, unchecked(question("s3._domainkey.acme.example."))) == right_txt);
}

TEST_CASE("Without NSEC records what exists is secure and what does not is bogus") {
    Rig rig = signed_rig({Duration(-86400), Duration(86400), false});
    CHECK(rig.cname() == secure_cname);
    CHECK(rig.ask("none.acme.example.") == "SERVFAIL EDE 12");
}

TEST_CASE("A denial with the proof of another name is bogus") {
    Rig rig = signed_rig();
    both_do(rig, type::cname, [&rig](const Message& asked, Message, Transport) {
        Message other = question("zzz.acme.example.", type::txt, true);
        other.id = asked.id;
        Message forged =
            parse_response(rig.world.ask(write_message(other), "127.0.0.3", Transport::udp).message).value();
        forged.questions = asked.questions;
        return reply(forged);
    });
    CHECK(rig.cname() == "SERVFAIL EDE 12");
}

TEST_CASE("A DS of an algorithm nobody knows makes the zone count as unsigned") {
    Rig rig = signed_rig({}, [](ResourceRecord& ds) { ds.rdata[2] = static_cast<char>(200); });
    CHECK(rig.cname() == right_cname);
    CHECK(rig.txt() == right_txt);
    CHECK(rig.ask("none.acme.example.") == "NXDOMAIN");
}

TEST_CASE("A parent that denies the DS without proof does not make its child unsigned") {
    FakeWorld world;
    std::string anchor = world.sign_all();
    std::erase_if(world.zone("127.0.0.2", "example."), [](const ResourceRecord& record) {
        return record.type == type::ds || record.type == type::nsec;
    });
    Rig rig(std::move(world), std::move(anchor));
    CHECK(rig.cname() == "SERVFAIL EDE 12");
}

TEST_CASE("An alias at the apex of an unsigned zone does not hide from the parent that it is unsigned") {
    FakeWorld world;
    for (const char* server : {"127.0.0.3", "127.0.0.4"}) {
        world.set_zone(server, "acme.example.", "@ CNAME s1.q.keys.example.\n");
    }
    world.zone("127.0.0.1", ".").push_back(world.sign({"127.0.0.2"}, "example."));
    const std::string anchor = ". DS " + rdata_text(world.sign({"127.0.0.1"}, "."));
    Rig rig(std::move(world), anchor);
    CHECK(rig.ask("acme.example.", type::cname) == right_cname);
    CHECK(rig.ask("acme.example.") == right_txt);
    CHECK(rig.ask("keys.example.", type::ds) == "NOERROR AD");
}

TEST_CASE("A signed CNAME made of a DNAME is secure") {
    Rig rig = signed_rig({}, {}, {}, [](FakeWorld& world) {
        auto& zone = world.zone("127.0.0.3", "acme.example.");
        std::erase_if(zone, [](const ResourceRecord& record) { return record.type == type::cname; });
        zone.push_back({name("_domainkey.acme.example."), type::dname, 300, name("q.keys.example.")});
    });
    CHECK(rig.cname() == "NOERROR AD | DNAME q.keys.example. | CNAME s1.q.keys.example.");
    CHECK(rig.txt() == "NOERROR | DNAME q.keys.example. | CNAME s1.q.keys.example. | TXT \"K1\"");
}

TEST_CASE("What validation learned is forgotten on a flush") {
    Rig rig = signed_rig({}, [](ResourceRecord& ds) { ds.rdata.back() ^= 1; });
    CHECK(rig.cname() == "SERVFAIL EDE 9");
    std::string anchor;
    for (ResourceRecord& record : rig.world.zone("127.0.0.2", "example.")) {
        if (record.type == type::ds && record.owner == name("acme.example.")) record.rdata.back() ^= 1;
    }
    rig.resolver.flush(name("acme.example."));
    CHECK(rig.cname() != "SERVFAIL EDE 9");  // the DS is right now, though what was signed over it is not
}

}  // namespace custdkim::lab::test
