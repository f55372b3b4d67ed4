#include "lab/serving/forwarding.hpp"

#include <catch2/catch.hpp>

#include "dns/loopback_server.hpp"
#include "lab/serving/forwarded_key_zones.hpp"

namespace custdkim::lab {

using custdkim::test::LoopbackServer;
using custdkim::test::Query;

namespace {

constexpr std::chrono::milliseconds patience{10000}, impatience{200};

Message asking(const std::string& name, std::uint16_t id = 4711) {
    Message question;
    question.id = id;
    question.questions.push_back({wire_name(name).value(), type::txt});
    question.edns = Edns();
    return question;
}

std::string as_text(const Bytes& octets) { return {octets.begin(), octets.end()}; }

Message read(const Query& query) {
    return parse_question({reinterpret_cast<const std::uint8_t*>(query.message.data()), query.message.size()})
        .value();
}

std::string answer_to(const Query& query, bool truncated = false) {
    Message response = response_to(read(query));
    response.truncated = truncated;
    if (!truncated) {
        response.answer.push_back({response.questions.front().name, type::txt, 300,
                                   parse_rdata(type::txt, "\"v=DKIM1; p=abc\"").value()});
    }
    const std::string message = as_text(write_message(response));
    if (!query.tcp) return message;
    return std::string{static_cast<char>(message.size() >> 8), static_cast<char>(message.size())} + message;
}

}  // namespace

TEST_CASE(
    "A question for a key zone goes on over its transport, with an id of its own, and the answer comes "
    "back") {
    LoopbackServer server([](const Query& query) { return std::vector{answer_to(query)}; });
    SeededRandom random(1);
    ForwardedKeyZones zones({{dns::Name::parse("keys.example").value(), server.address()}}, random, patience);
    const auto transport = GENERATE(Transport::udp, Transport::tcp);
    const Reply reply = zones.ask(asking("S1.Abc.keys.example"), transport);
    REQUIRE(reply.kind == Reply::Kind::answer);
    const Message answer = parse_response(reply.message).value();
    CHECK(answer.id == 4711);
    CHECK(to_text(answer.questions.front().name) == "S1.Abc.keys.example.");
    CHECK(joined_text(answer.answer.front()) == "v=DKIM1; p=abc");
    const auto queries = server.queries(1);
    CHECK(queries.front().tcp == (transport == Transport::tcp));
    CHECK(read(queries.front()).id != 4711);
    CHECK(read(queries.front()).edns);
}

TEST_CASE("A key zone's server is the one of the innermost zone; a name in none is silence") {
    LoopbackServer outer([](const Query&) { return std::vector<std::string>{}; });
    LoopbackServer inner([](const Query& query) { return std::vector{answer_to(query)}; });
    SeededRandom random(1);
    ForwardedKeyZones zones({{dns::Name::parse("example").value(), outer.address()},
                             {dns::Name::parse("keys.example").value(), inner.address()}},
                            random, patience);
    CHECK(zones.zones().size() == 2);
    CHECK(zones.ask(asking("a.keys.example"), Transport::udp).kind == Reply::Kind::answer);
    CHECK(zones.ask(asking("a.keys.test"), Transport::udp).kind == Reply::Kind::silence);
}

TEST_CASE("A key zone's server that says nothing, or not what was asked, is silence") {
    const auto reply = GENERATE(
        as<LoopbackServer::Reply>(), [](const Query&) { return std::vector<std::string>{}; },
        [](const Query& query) {
            std::string message = answer_to(query);
            message[0] ^= 1;
            return std::vector{message};
        },
        [](const Query& query) {
            std::string message = answer_to(query);
            message[14] ^= 1;  // in the name
            return std::vector{message};
        },
        [](const Query& query) { return std::vector{answer_to(query).substr(0, 14)}; },
        [](const Query& query) { return std::vector{query.message}; });
    LoopbackServer server(reply);
    SeededRandom random(1);
    ForwardedKeyZones zones({{dns::Name::parse("keys.example").value(), server.address()}}, random,
                            impatience);
    CHECK(zones.ask(asking("a.keys.example"), Transport::udp).kind == Reply::Kind::silence);
}

TEST_CASE("The right answer is taken after a forged one") {
    LoopbackServer server([](const Query& query) {
        std::string forged = answer_to(query);
        forged[1] ^= 1;
        return std::vector{forged, answer_to(query)};
    });
    SeededRandom random(1);
    CHECK(ask_upstream(server.address(), asking("a.example"), random, patience));
}

TEST_CASE("An upstream's truncated answer is asked for again over TCP") {
    LoopbackServer server([](const Query& query) { return std::vector{answer_to(query, !query.tcp)}; });
    SeededRandom random(1);
    const auto answer = ask_upstream(server.address(), asking("a.example"), random, patience);
    REQUIRE(answer);
    CHECK(answer->answer.size() == 1);
    CHECK(server.queries(2).back().tcp);
}

TEST_CASE("An upstream that is not there is no answer") {
    SeededRandom random(1);
    LoopbackServer taken([](const Query&) { return std::vector<std::string>{}; });
    CHECK_FALSE(ask_upstream(taken.address(), asking("a.example"), random, impatience));
}

}  // namespace custdkim::lab
