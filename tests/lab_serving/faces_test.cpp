#include "lab/serving/faces.hpp"

#include <catch2/catch.hpp>

#include "lab_world.hpp"

namespace custdkim::lab {

using test::LabWorld;

namespace {

DnsQuery query(const Bytes& octets, Transport transport = Transport::udp,
               const std::string& server = "127.0.0.1") {
    return {octets, transport, "127.0.0.1:40000", server};
}

const std::string owner1 = "s1._domainkey.acme.example";

}  // namespace

TEST_CASE("The resolver's face leaves what is not cached to a worker, and has it at once from then on") {
    LabWorld world;
    world.set("acme.example", "healthy");
    ResolverFace face(world.resolver, world.log, world.clock);
    const Bytes octets = write_message(LabWorld::question(owner1, type::txt));
    CHECK_FALSE(face.at_once(query(octets)));
    CHECK(LabWorld::shown(parse_response(face.answer(query(octets)).message).value()) == "NOERROR CNAME TXT");
    const auto again = face.at_once(query(octets));
    REQUIRE(again);
    CHECK(LabWorld::shown(parse_response(again->message).value()) == "NOERROR CNAME TXT");
    CHECK(world.log.list({}).size() == 2);
}

TEST_CASE("What is no question gets silence or its error at once, and is in the log") {
    LabWorld world;
    ResolverFace face(world.resolver, world.log, world.clock);
    Bytes octets = write_message(LabWorld::question(owner1, type::txt));
    SECTION("too short") { octets.resize(11); }
    SECTION("a response") { octets[2] |= 0x80; }
    const auto reply = face.at_once(query(octets));
    REQUIRE(reply);
    CHECK(reply->kind == Reply::Kind::silence);
    REQUIRE(world.log.list({}).size() == 1);
    CHECK(world.log.list({}).front().kind == Reply::Kind::silence);
    CHECK(world.log.list({}).front().name.empty());
}

TEST_CASE("A broken question is answered with its id and FORMERR") {
    LabWorld world;
    ResolverFace face(world.resolver, world.log, world.clock);
    Bytes octets = write_message(LabWorld::question(owner1, type::txt));
    octets.resize(octets.size() - 3);
    const auto reply = face.at_once(query(octets));
    REQUIRE(reply);
    REQUIRE(reply->kind == Reply::Kind::answer);
    REQUIRE(reply->message.size() == 12);
    CHECK(reply->message[1] == 1);     // the id
    CHECK(reply->message[2] == 0x81);  // QR, RD
    CHECK((reply->message[3] & 0xf) == rcode::formerr);
    CHECK(world.log.list({}).front().rcode == rcode::formerr);
}

TEST_CASE("What is too long for the client's UDP is cut, and whole over TCP") {
    LabWorld world;
    std::string zone;
    for (int i = 0; i < 6; ++i) {
        zone += "big TXT \"" + std::string(200, static_cast<char>('a' + i)) + "\"\n";
    }
    CustomerRequest request;
    request.misconfiguration = "healthy";
    request.zone = zone;
    REQUIRE(world.customers.set(test::name("acme.example"), request).has_value());
    ResolverFace face(world.resolver, world.log, world.clock);
    Message question = LabWorld::question("big.acme.example", type::txt);
    const auto ask = [&](Transport transport) {
        const Bytes octets = write_message(question);
        return parse_response(face.answer(query(octets, transport)).message).value();
    };
    CHECK(ask(Transport::udp).truncated);
    CHECK(ask(Transport::tcp).answer.size() == 6);
    question.edns = Edns{4096, 0, false, {}};
    CHECK(ask(Transport::udp).truncated);  // 1,232 octets are enough for nobody here
    CHECK(ask(Transport::tcp).answer.size() == 6);
}

TEST_CASE("The authority's face answers as the server that was asked, and logs it under its address") {
    LabWorld world;
    world.set("acme.example", "healthy");
    AuthorityFace face(world.internet, world.log, world.clock);
    const std::string root = world.internet.root_addresses().front();
    const Bytes octets = write_message(LabWorld::question("acme.example", type::ns));
    CHECK_FALSE(face.at_once(query(octets, Transport::udp, root)));
    const Reply reply = face.answer(query(octets, Transport::udp, root));
    REQUIRE(reply.kind == Reply::Kind::answer);
    CHECK(parse_response(reply.message).value().answer.empty());  // a referral
    REQUIRE(world.log.list({}).size() == 1);
    CHECK(world.log.list({}).front().face == root);
    CHECK(world.log.list({}).front().type == type::ns);
}

}  // namespace custdkim::lab
