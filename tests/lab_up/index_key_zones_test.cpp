#include "lab/up/index_key_zones.hpp"

#include <catch2/catch.hpp>
#include <future>

#include "keys/key_record.hpp"
#include "tests/support/sample_keys.hpp"

using namespace custdkim;
using namespace custdkim::lab;
using custdkim::test::name;

namespace {

struct World {
    Zones zones;
    Key key = test::sample_key("k1", {"aaaaaa", "bbbbbb"}, KeyType::rsa_2048);
    IndexKeyZones server{{name("custdkim.example.net")}};

    World() {
        ZoneSettings settings;
        settings.name = name("custdkim.example.net");
        settings.nameservers = {name("ns1.example.net"), name("ns2.example.net")};
        settings.hostmaster = name("hostmaster.example.net");
        settings.ttl_seconds = 300;
        settings.negative_ttl_seconds = 60;
        zones.add(KeyZone::make(std::move(settings), 1, 7).value());
        zones.publish(key, 8);
        server.serve(zones);
    }

    Bytes octets(const std::string& asked, std::uint16_t type, bool edns, Transport transport) {
        Message question;
        question.id = 77;
        question.questions = {{wire_name(asked).value(), type}};
        if (edns) question.edns = Edns{};
        const Reply reply = server.ask(question, transport);
        REQUIRE((reply.kind == Reply::Kind::answer));
        return reply.message;
    }
    Message ask(const std::string& asked, std::uint16_t type) {
        return parse_response(octets(asked, type, true, Transport::udp)).value();
    }
};

}  // namespace

TEST_CASE("A key's record is answered with authority, in the case it was asked in") {
    World world;
    const Message answer = world.ask("S1.aaaaaa.custDKIM.example.net", type::txt);
    CHECK(answer.id == 77);
    CHECK(answer.rcode == rcode::noerror);
    CHECK(answer.authoritative);
    REQUIRE(answer.answer.size() == 1);
    CHECK(to_text(answer.answer[0].owner) == "S1.aaaaaa.custDKIM.example.net.");
    CHECK(answer.answer[0].ttl == 300);
    CHECK(joined_text(answer.answer[0]) == slot_record_text(world.key, world.key.slots[0]));
}

TEST_CASE("The apex has its SOA and its name servers") {
    World world;
    CHECK(world.ask("custdkim.example.net", type::soa).answer.size() == 1);
    CHECK(world.ask("custdkim.example.net", type::ns).answer.size() == 2);
    CHECK(world.ask("custdkim.example.net", type::any).answer.size() == 3);
}

TEST_CASE("What is not there comes with the SOA, for as long as it may be remembered") {
    World world;
    const auto negative = [&](const std::string& asked, std::uint16_t type) {
        const Message answer = world.ask(asked, type);
        CHECK(answer.answer.empty());
        REQUIRE(answer.authority.size() == 1);
        CHECK(answer.authority[0].type == type::soa);
        CHECK(answer.authority[0].ttl == 60);
        CHECK(to_text(answer.authority[0].owner) == "custdkim.example.net.");
        return answer.rcode;
    };
    CHECK(negative("s1.cccccc.custdkim.example.net", type::txt) == rcode::nxdomain);
    CHECK(negative("s1.aaaaaa.custdkim.example.net", type::cname) == rcode::noerror);
    CHECK(negative("aaaaaa.custdkim.example.net", type::txt) == rcode::noerror);  // names are below it
}

TEST_CASE("Other zones are refused") {
    World world;
    CHECK(world.ask("example.org", type::txt).rcode == rcode::refused);
    CHECK_FALSE(world.ask("example.org", type::txt).authoritative);
}

TEST_CASE("Before the service is there, questions wait for it") {
    World world;
    IndexKeyZones early({name("custdkim.example.net")});
    Message question;
    question.questions = {{wire_name("s1.aaaaaa.custdkim.example.net").value(), type::txt}};
    auto answered = std::async(std::launch::async, [&] { return early.ask(question, Transport::udp); });
    CHECK(answered.wait_for(std::chrono::milliseconds(20)) == std::future_status::timeout);
    early.serve(world.zones);
    CHECK(parse_response(answered.get().message).value().answer.size() == 1);
}

TEST_CASE("A record that does not fit into a plain datagram is truncated there, and whole over TCP") {
    World world;
    world.key.type = KeyType::rsa_4096;
    for (Slot& slot : world.key.slots) slot.pairs = {test::sample_pair(1, KeyType::rsa_4096, 5)};
    world.zones.publish(world.key, 9);
    const std::string asked = "s1.aaaaaa.custdkim.example.net";
    CHECK(parse_response(world.octets(asked, type::txt, false, Transport::udp)).value().truncated);
    CHECK(parse_response(world.octets(asked, type::txt, true, Transport::udp)).value().answer.size() == 1);
    CHECK(parse_response(world.octets(asked, type::txt, false, Transport::tcp)).value().answer.size() == 1);
}
