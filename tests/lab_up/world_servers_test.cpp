// How the service in the lab asks name servers directly.
#include <catch2/catch.hpp>

#include "tests/lab_up/small_world.hpp"

using custdkim::dns::QuestionType;

namespace custdkim::lab::test {

namespace {

using namespace std::chrono_literals;

dns::Probe probe(const std::string& server, QuestionType type = QuestionType::cname,
                 const std::string& asked = owner_1) {
    return {{server, 53}, dns_name(asked), type};
}

Result<dns::Answer> ask(SmallWorld& world, const dns::Probe& probe, std::chrono::milliseconds deadline = 2s) {
    return world.servers.ask(std::vector{probe}, deadline).at(0);
}

Errc error(SmallWorld& world, const std::string& misconfiguration, const dns::Probe& probe,
           std::chrono::milliseconds deadline = 2s) {
    world.set(misconfiguration);
    const auto answer = ask(world, probe, deadline);
    INFO(misconfiguration);
    REQUIRE(answer.has_error());
    CHECK_THAT(answer.error().detail, Catch::Contains("127.53.1.1:53"));
    return answer.error().code;
}

}  // namespace

TEST_CASE("Each server is asked just so, and the answers come in the order of the questions") {
    SmallWorld world;
    world.set("one-server-stale");
    const auto answers = world.servers.ask(std::vector{probe(server_1), probe(server_2), probe("127.99.0.1"),
                                                       probe(server_2, QuestionType::soa, "acme.example"),
                                                       probe("127.53.0.1", QuestionType::ns, ".")},
                                           2s);
    REQUIRE(answers.size() == 5);
    CHECK(answers[0]->rcode == rcode::nxdomain);
    CHECK(answers[0]->authoritative);
    REQUIRE(answers[1]->aliases.size() == 1);
    CHECK(answers[1]->aliases[0].target.text() == target_1);
    CHECK(answers[2].error().code == Errc::unavailable);
    CHECK(answers[3]->serial.has_value());
    CHECK(answers[4]->rcode == rcode::noerror);
    CHECK(root_servers(world.internet) == std::vector{dns::ServerAddress{"127.53.0.1", 53}});
}

TEST_CASE("Silence, a connection that is closed, and a port where nobody is are unavailable") {
    SmallWorld world;
    CHECK(error(world, "all-servers-dead", probe(server_1)) == Errc::unavailable);
    world.set("tcp-blocked");
    CHECK(ask(world, probe(server_1))->truncated);
    dns::Probe over_tcp = probe(server_1);
    over_tcp.transport = dns::Transport::tcp;
    CHECK(error(world, "tcp-blocked", over_tcp) == Errc::unavailable);
    world.set("healthy");
    CHECK(ask(world, over_tcp)->aliases.size() == 1);
    dns::Probe elsewhere = probe(server_1);
    elsewhere.server.port = 5353;
    CHECK(ask(world, elsewhere).error().code == Errc::unavailable);
}

TEST_CASE("What comes after the deadline does not come, and is not waited for") {
    const std::string slow =
        "id = \"slow\"\ntitle = \"T\"\ngroup = \"servers\"\ndid = \"D\"\nsource = \"S\"\ncause = \"c\"\n"
        "fix = \"F\"\nzone = \"{selector1}._domainkey CNAME {target1}.\"\n[[fault]]\ndelay = \"3s\"\n"
        "[expect]\ncname1 = \"NODATA\"\ntxt1 = \"NODATA\"\ncname2 = \"NODATA\"\ntxt2 = \"NODATA\"\n";
    const Catalogue catalogue(std::vector{Catalogue::parse(slow, "slow.toml").value()});
    SmallWorld world;
    Internet internet(catalogue, world.clock, world.key_zones);
    internet.set(world.keys.find(dns_name("acme.example"), std::nullopt).value(), "slow").value();
    WorldServers servers(internet);
    CHECK(servers.ask(std::vector{probe(server_1)}, 2s).at(0).error().code == Errc::unavailable);
    CHECK(servers.ask(std::vector{probe(server_1)}, 3s).at(0)->aliases.size() == 1);
}

TEST_CASE("What is no answer to the question, or cannot be read, is corrupt") {
    SmallWorld world;
    for (const char* const garbage : {"foreign-id", "bad-rdlength", "cut-in-record"}) {
        CHECK(error(world, garbage, probe(server_1)) == Errc::corrupt);
    }
}

TEST_CASE("A service that asks for flags gets what they ask for") {
    SmallWorld world;
    world.set("edns-dropped");
    CHECK(ask(world, probe(server_1)).error().code == Errc::unavailable);
    dns::Probe plain = probe(server_1);
    plain.edns = false;
    CHECK(ask(world, plain)->aliases.size() == 1);
    world.set("signed");
    dns::Probe with_signatures = probe(server_1);
    with_signatures.dnssec_ok = true;
    const auto signatures = [](const Result<dns::Answer>& answer) {
        std::size_t found = 0;
        for (const dns::Record& record : answer->answer) found += record.type == "RRSIG" ? 1 : 0;
        return found;
    };
    CHECK(signatures(ask(world, probe(server_1))) == 0);
    CHECK(signatures(ask(world, with_signatures)) == 1);
}

TEST_CASE("Whoever refuses, or cannot load the zone, has answered") {
    SmallWorld world;
    world.set("lame-refused");
    CHECK(ask(world, probe(server_1))->rcode == rcode::refused);
    world.set("lame-servfail");
    CHECK(ask(world, probe(server_1))->rcode == rcode::servfail);
}

}  // namespace custdkim::lab::test
