// The tables of order and cache (the catalogue's C2 and C5): each fault asked for with both questions first.
#include <catch2/catch.hpp>

#include "rig.hpp"

namespace custdkim::lab::test {

namespace {

struct Expected {
    std::string txt_first, then_cname;  // on an empty cache
    std::string cname_first, then_txt;  // on another
};

void check(std::uint16_t type, const FakeWorld::Hook& hook, const Expected& expected) {
    Rig rig;
    both_do(rig, type, hook);
    CHECK(rig.txt() == expected.txt_first);
    CHECK(rig.cname() == expected.then_cname);
    rig.resolver.flush();
    CHECK(rig.cname() == expected.cname_first);
    CHECK(rig.txt() == expected.then_txt);
}

FakeWorld::Hook denies(std::uint16_t rcode) {
    return [rcode](const Message& asked, Message, Transport) {
        Message response = response_to(asked, rcode);
        response.authoritative = true;
        response.authority.push_back(
            {name("acme.example."), type::soa, 300, parse_rdata(type::soa, "a. b. 1 1 1 1 60").value()});
        return reply(response);
    };
}

const FakeWorld::Hook drops = [](const Message&, Message, Transport) { return silence(); };

}  // namespace

TEST_CASE("Each type answered as if it stood alone: what is asked first decides") {
    check(type::txt, with_answer("s1._domainkey TXT OLD\n"),
          {"NOERROR | TXT \"OLD\"", right_cname, right_cname, right_txt});
}

TEST_CASE("A server that has no ear for TXT is not noticed after a CNAME question") {
    check(type::txt, with_rcode(rcode::notimp), {"SERVFAIL", right_cname, right_cname, right_txt});
    check(type::txt, with_rcode(rcode::servfail), {"SERVFAIL", right_cname, right_cname, right_txt});
    check(type::txt, drops, {"SERVFAIL", right_cname, right_cname, right_txt});
}

TEST_CASE("A CNAME that is denied to TXT questions") {
    check(type::txt, denies(rcode::noerror), {"NOERROR", right_cname, right_cname, right_txt});
    check(type::txt, denies(rcode::nxdomain), {"NXDOMAIN", right_cname, right_cname, right_txt});
}

TEST_CASE("A server that has no ear for CNAME is not noticed after a TXT question") {
    check(type::cname, with_rcode(rcode::notimp), {right_txt, right_cname, "SERVFAIL", right_txt});
    check(type::cname, drops, {right_txt, right_cname, "SERVFAIL", right_txt});
    check(type::cname, denies(rcode::noerror), {right_txt, right_cname, "NOERROR", right_txt});
}

TEST_CASE("CNAME and TXT in one answer: the first counts") {
    check(type::txt, with_answer("s1._domainkey CNAME s1.q.keys.example.\ns1._domainkey TXT OLD\n"),
          {right_txt, right_cname, right_cname, right_txt});
    check(type::txt, with_answer("s1._domainkey TXT OLD\ns1._domainkey CNAME s1.q.keys.example.\n"),
          {"NOERROR | TXT \"OLD\"", right_cname, right_cname, right_txt});
}

TEST_CASE("Of two CNAMEs the first is shown") {
    check(type::any,
          with_answer("s1._domainkey CNAME s1.q.keys.example.\ns1._domainkey CNAME s2.q.keys.example.\n"),
          {right_txt, right_cname, right_cname, right_txt});
}

TEST_CASE("A CNAME with the code of a denial is a CNAME") {
    check(type::any, with_answer("s1._domainkey CNAME s1.q.keys.example.\n", rcode::nxdomain),
          {right_txt, right_cname, right_cname, right_txt});
}

TEST_CASE("An answer about another name or type says nothing") {
    check(type::any, with_answer("other CNAME s1.q.keys.example.\n"),
          {"NOERROR", "NOERROR", "NOERROR", "NOERROR"});
    check(type::any, with_answer("s1._domainkey MX 1 mail\n"), {"NOERROR", "NOERROR", "NOERROR", "NOERROR"});
}

TEST_CASE("A denial by a server that says an empty non-terminal is no name harms nobody below it") {
    Rig rig;
    CHECK(rig.ask("_domainkey.acme.example.") == "NOERROR");
    rig.resolver.flush();
    for (const char* server : {"127.0.0.3", "127.0.0.4"}) {
        rig.world.set_hook(server, [](const Message& asked, Message honest, Transport) {
            if (asked.questions.front().name == name("_domainkey.acme.example."))
                honest.rcode = rcode::nxdomain;
            return reply(honest);
        });
    }
    CHECK(rig.ask("_domainkey.acme.example.") == "NXDOMAIN");
    CHECK(rig.txt() == right_txt);
}

}  // namespace custdkim::lab::test
