// The way down, and name servers that do not behave (the catalogue's B6 and C5).
#include <catch2/catch.hpp>

#include "rig.hpp"

namespace custdkim::lab::test {

namespace {

const std::string nobody = "SERVFAIL";

void change_zone(Rig& rig, std::string_view text) {
    for (const char* server : {"127.0.0.3", "127.0.0.4"}) {
        rig.world.set_zone(server, "acme.example.",
                           "@ 600 SOA ns. host. 1 7200 900 86400 120\n@ NS ns1\n" + std::string(text));
    }
}

std::size_t count(const std::vector<std::string>& asked, std::string_view what) {
    return static_cast<std::size_t>(std::count(asked.begin(), asked.end(), what));
}

}  // namespace

TEST_CASE("A CNAME into another zone is followed from the root down, and the response is a resolver's") {
    Rig rig;
    const Message response = rig.resolver.resolve(question(Rig::owner)).message;
    CHECK(shown(response) == right_txt);
    CHECK(response.response);
    CHECK(response.recursion_available);
    CHECK(response.recursion_desired);
    CHECK_FALSE(response.authoritative);
    CHECK(response.id == 4711);
    CHECK(response.edns);
    CHECK(rig.world.asked == std::vector<std::string>{"127.0.0.1 TXT s1._domainkey.acme.example.",
                                                      "127.0.0.2 TXT s1._domainkey.acme.example.",
                                                      "127.0.0.3 TXT s1._domainkey.acme.example.",
                                                      "127.0.0.2 TXT s1.q.keys.example.",
                                                      "127.0.0.5 TXT s1.q.keys.example."});
}

TEST_CASE("Answers carry the name as it was asked for") {
    Rig rig;
    const Message response = rig.resolver.resolve(question("S1._DomainKey.ACME.example.")).message;
    CHECK(to_text(response.answer.at(0).owner) == "S1._DomainKey.ACME.example.");
    CHECK(to_text(response.answer.at(1).owner) == "s1.q.keys.example.");
}

TEST_CASE("No such name and no such type come with the zone's SOA") {
    Rig rig;
    for (const auto& [owner, expected] :
         {std::pair("nowhere.acme.example.", "NXDOMAIN"), std::pair("_domainkey.acme.example.", "NOERROR"),
          std::pair("ns1.acme.example.", "NOERROR")}) {
        const Message response = rig.resolver.resolve(question(owner)).message;
        CHECK(shown(response) == expected);
        REQUIRE(response.authority.size() == 1);
        CHECK(response.authority.front().type == type::soa);
        CHECK(response.authority.front().ttl == 120);
    }
}

TEST_CASE("A CNAME that leads nowhere is shown together with the denial") {
    Rig rig;
    change_zone(rig, "s1._domainkey CNAME nowhere.keys.example.\ns2._domainkey CNAME q.keys.example.\n");
    CHECK(rig.txt() == "NXDOMAIN | CNAME nowhere.keys.example.");
    CHECK(rig.ask("s2._domainkey.acme.example.") == "NOERROR | CNAME q.keys.example.");
    CHECK(rig.cname() == "NOERROR | CNAME nowhere.keys.example.");
}

TEST_CASE("A DNAME is shown with the CNAME made of it") {
    Rig rig;
    change_zone(rig, "_domainkey DNAME q.keys.example.\n");
    CHECK(rig.txt() == "NOERROR | DNAME q.keys.example. | CNAME s1.q.keys.example. | TXT \"K1\"");
    CHECK(rig.cname() == "NOERROR | DNAME q.keys.example. | CNAME s1.q.keys.example.");
}

TEST_CASE("The CNAME that comes with a DNAME is not taken at its word") {
    Rig rig;
    both_do(rig, type::txt,
            with_answer("_domainkey DNAME q.keys.example.\ns1._domainkey CNAME s2.q.keys.example.\n"));
    CHECK(rig.txt() == "NOERROR | DNAME q.keys.example. | CNAME s1.q.keys.example. | TXT \"K1\"");
}

TEST_CASE("A DNAME that makes the name too long is no answer") {
    Rig rig;
    const std::string label(60, 'x');
    change_zone(rig, "_domainkey DNAME " + label + "." + label + ".keys.example.\n");
    CHECK(rig.ask(label + "._domainkey.acme.example.").find("NXDOMAIN | DNAME") == 0);
    CHECK(rig.ask(label + "." + label + "._domainkey.acme.example.") == nobody);
}

TEST_CASE("Loops and endless chains are a failure, the first CNAME alone is none") {
    Rig rig;
    change_zone(
        rig, "s1._domainkey CNAME a\na CNAME b\nb CNAME s1._domainkey\ns2._domainkey CNAME s2._domainkey\n");
    CHECK(rig.txt() == nobody);
    CHECK(rig.txt() == nobody);
    CHECK(rig.ask("s2._domainkey.acme.example.") == nobody);
    CHECK(rig.cname() == "NOERROR | CNAME a.acme.example.");
}

TEST_CASE("Nine aliases are followed; of those that must be asked for one by one no more than eleven") {
    Rig rig;
    const auto one_hop = [](const Message&, Message honest, Transport) {
        if (honest.answer.size() > 1) honest.answer.resize(1);
        return reply(honest);
    };
    for (const unsigned hops : {9U, 20U, 100U}) {
        std::string chain = "s1._domainkey CNAME h0\n";
        for (unsigned i = 0; i < hops; ++i) {
            chain += "h" + std::to_string(i) + " CNAME h" + std::to_string(i + 1) + "\n";
        }
        chain += "h" + std::to_string(hops) + " TXT end\n";
        change_zone(rig, chain);
        rig.resolver.flush();
        CHECK((rig.txt() == nobody) == (hops == 100));  // all of it in one response
        both_do(rig, type::txt, one_hop);
        rig.resolver.flush();
        CHECK((rig.txt() == nobody) == (hops != 9));
        both_do(rig, type::txt, [](const Message&, Message honest, Transport) { return reply(honest); });
    }
}

TEST_CASE("One server that is silent, refuses, fails or talks nonsense is passed over") {
    const auto spoilt = [](auto change) {
        return [change](const Message&, Message honest, Transport) {
            honest.answer.clear();
            honest.rcode = rcode::nxdomain;
            change(honest);
            return reply(honest);
        };
    };
    const auto hook = GENERATE_COPY(
        FakeWorld::Hook([](const Message&, Message, Transport) { return silence(); }),
        FakeWorld::Hook([](const Message&, Message, Transport) {
            return Reply{Reply::Kind::hang_up, {}, {}};
        }),
        with_rcode(rcode::refused), with_rcode(rcode::servfail), with_rcode(rcode::notimp),
        with_rcode(rcode::formerr), with_rcode(rcode::noerror),
        FakeWorld::Hook(spoilt([](Message& honest) { honest.id ^= 1; })),
        FakeWorld::Hook(spoilt([](Message& honest) { honest.questions.clear(); })),
        FakeWorld::Hook(spoilt([](Message& honest) { honest.questions.front().type = type::a; })),
        FakeWorld::Hook(spoilt([](Message& honest) { honest.response = false; })),
        FakeWorld::Hook(spoilt([](Message& honest) { honest.truncated = true; })),
        FakeWorld::Hook([](const Message&, Message honest, Transport) {
            Bytes octets = write_message(honest);
            octets.resize(octets.size() - 5);
            return Reply{Reply::Kind::answer, octets, {}};
        }));
    Rig rig;
    rig.world.set_hook("127.0.0.3", hook);
    CHECK(rig.txt() == right_txt);
    CHECK(rig.cname() == right_cname);
}

TEST_CASE("Upward referrals are lame, and a customer of lame servers has no DNS") {
    Rig rig;
    both_do(rig, type::any, [](const Message& asked, Message, Transport) {
        Message response = response_to(asked);
        response.authority.push_back({name("."), type::ns, 300, name("a.root.")});
        return reply(response);
    });
    CHECK(rig.txt() == nobody);
    CHECK(rig.ask("acme.example.", type::soa) == nobody);
}

TEST_CASE("What nobody answers costs the client patience once, and then nothing for five seconds") {
    Rig rig;
    both_do(rig, type::any, [](const Message&, Message, Transport) { return silence(); });
    const auto outcome = rig.resolver.resolve(question(Rig::owner));
    CHECK(shown(outcome.message) == nobody);
    CHECK(outcome.delay == std::chrono::milliseconds(1500));
    const std::size_t asked = rig.world.asked.size();
    CHECK(rig.resolver.from_cache(question(Rig::owner)));
    CHECK(rig.resolver.resolve(question(Rig::owner)).delay.count() == 0);
    CHECK(rig.world.asked.size() == asked);
    rig.clock.advance(Duration(5));
    CHECK_FALSE(rig.resolver.from_cache(question(Rig::owner)));
}

TEST_CASE("The delays of servers add up for the client, to ten seconds at most") {
    Rig rig;
    std::chrono::milliseconds delay{300};
    both_do(rig, type::txt, [&](const Message&, Message honest, Transport) {
        Reply late = reply(honest);
        late.delay = delay;
        return late;
    });
    CHECK(rig.resolver.resolve(question(Rig::owner)).delay == delay);
    rig.resolver.flush();
    delay = std::chrono::milliseconds(20'000);
    CHECK(rig.resolver.resolve(question(Rig::owner)).delay == std::chrono::seconds(10));
}

TEST_CASE("Broken EDNS looks as Unbound shows it") {
    const auto only_with_edns = [](const FakeWorld::Hook& hook) {
        return FakeWorld::Hook([hook](const Message& asked, Message honest, Transport transport) {
            if (!asked.edns) return reply(honest);
            Message plain = asked;
            plain.edns.reset();
            return hook(hook ? asked : plain, honest, transport);
        });
    };
    const auto [rcode, expected] = GENERATE(table<std::uint16_t, std::string>({{rcode::formerr, right_txt},
                                                                               {rcode::notimp, right_txt},
                                                                               {rcode::servfail, nobody},
                                                                               {rcode::badvers, "NOERROR"}}));
    Rig rig;
    both_do(rig, type::any, only_with_edns(with_rcode(rcode)));
    const Message response = rig.resolver.resolve(question(Rig::owner)).message;
    CHECK(shown(response) == expected);
    if (rcode == rcode::badvers) CHECK(response.authority.empty());

    Rig mute;
    both_do(mute, type::any, only_with_edns([](const Message&, Message, Transport) { return silence(); }));
    CHECK(mute.txt() == nobody);
}

TEST_CASE("A truncated answer is fetched over TCP; where TCP is blocked there is none") {
    const auto truncates = [](bool tcp_works) {
        return [tcp_works](const Message& asked, Message honest, Transport transport) {
            if (transport == Transport::tcp) return tcp_works ? reply(honest) : silence();
            Message cut = response_to(asked);
            cut.truncated = true;
            return reply(cut);
        };
    };
    Rig rig;
    both_do(rig, type::any, truncates(true));
    CHECK(rig.txt() == right_txt);
    Rig blocked;
    both_do(blocked, type::any, truncates(false));
    CHECK(blocked.txt() == nobody);
}

TEST_CASE("Servers that disagree show in turn, from the first of the NS set on") {
    Rig rig;
    rig.world.set_zone("127.0.0.4", "acme.example.", "@ SOA ns. host. 0 1 1 1 60\n@ NS ns2\n");
    CHECK(rig.cname() == right_cname);
    rig.resolver.flush();
    CHECK(rig.cname() == "NXDOMAIN");
    rig.resolver.flush();
    CHECK(rig.cname() == right_cname);
}

TEST_CASE("Name servers without glue are looked up; a circle of them is a failure") {
    Rig rig;
    rig.world.zone("127.0.0.2", "example.");
    rig.world.set_zone(
        "127.0.0.2", "example.",
        "@ SOA ns. host. 1 1 1 1 60\nacme NS ns.other\nother NS ns.other\nns.other A 127.0.0.3\n"
        "keys NS ns.keys\nns.keys A 127.0.0.5\nx NS ns.y\ny NS ns.x\n");
    rig.world.set_zone("127.0.0.3", "other.example.",
                       "@ SOA ns. host. 1 1 1 1 60\n@ NS ns\nns A 127.0.0.3\n");
    CHECK(rig.txt() == right_txt);
    CHECK(rig.ask("a.x.example.") == nobody);
    CHECK(rig.world.asked.size() < 60);
}

TEST_CASE("Records beyond the zone of the servers are not believed but asked for") {
    Rig rig;
    both_do(rig, type::txt,
            with_answer("s1._domainkey CNAME s1.q.keys.example.\ns1.q.keys.example. TXT forged\n"));
    CHECK(rig.txt() == right_txt);
    CHECK(rig.ask("s1.q.keys.example.") == "NOERROR | TXT \"K1\"");
    both_do(rig, type::a, [](const Message&, Message honest, Transport) {
        honest.authority = {{name("keys.example."), type::ns, 300, name("ns1.acme.example.")}};
        honest.additional = {{name("ns.keys.example."), type::a, 300, std::string("\x7f\0\0\3", 4)}};
        return reply(honest);
    });
    rig.ask("x.acme.example.", type::a);
    CHECK(rig.ask("s2.q.keys.example.") == "NOERROR | TXT \"K2\"");
    CHECK(count(rig.world.asked, "127.0.0.5 TXT s2.q.keys.example.") == 1);
}

TEST_CASE("ANY gets what the authority has at the name, an alias unfollowed") {
    Rig rig;
    CHECK(rig.ask("acme.example.", type::any).find("TXT \"apex\"") != std::string::npos);
    CHECK(rig.ask(Rig::owner, type::any) == right_cname);
}

TEST_CASE("Questions that are none of ours are refused or handed on") {
    Rig rig;
    CHECK(rig.ask("example.org.") == "REFUSED");
    auto parts = rig.world.parts();
    parts.upstream = [](const Message& asked) -> std::optional<Message> {
        if (asked.questions.front().name != name("sel.example.org.")) return std::nullopt;
        Message response = response_to(asked);
        response.answer.push_back({asked.questions.front().name, type::txt, 60, std::string("\2up", 3)});
        return response;
    };
    Resolver forwarding(parts, rig.clock);
    CHECK(shown(forwarding.resolve(question("sel.example.org.")).message) == "NOERROR | TXT \"up\"");
    CHECK(shown(forwarding.resolve(question("other.example.org.")).message) == nobody);
    change_zone(rig, "s1._domainkey CNAME sel.example.org.\n");
    CHECK(shown(forwarding.resolve(question(Rig::owner)).message) ==
          "NOERROR | CNAME sel.example.org. | TXT \"up\"");
    CHECK(rig.txt() ==
          "NXDOMAIN | CNAME sel.example.org.");  // nobody to ask: the lab's root does not know it
}

TEST_CASE("Odd questions get the error code that fits") {
    Rig rig;
    const auto answer_to = [&](auto change) {
        Message odd = question(Rig::owner);
        change(odd);
        return shown(rig.resolver.resolve(odd).message);
    };
    CHECK(answer_to([](Message& odd) { odd.opcode = 5; }) == rcode_name(rcode::notimp));
    CHECK(answer_to([](Message& odd) { odd.questions.clear(); }) == "FORMERR");
    CHECK(answer_to([](Message& odd) { odd.questions.front().klass = 3; }) == "REFUSED");
    CHECK(answer_to([](Message& odd) { odd.questions.front().type = 252; }) == "REFUSED");
    CHECK(answer_to([](Message& odd) { odd.questions.front().type = 249; }) == "FORMERR");
    CHECK(answer_to([](Message& odd) { odd.edns->version = 1; }) == "BADVERS");
    CHECK(answer_to([](Message& odd) { odd.recursion_desired = false; }) == "REFUSED");
    rig.txt();
    CHECK(answer_to([](Message& odd) { odd.recursion_desired = false; }) == right_txt);
}

}  // namespace custdkim::lab::test
