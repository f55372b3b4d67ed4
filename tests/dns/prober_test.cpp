#include "dns/prober.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <future>

#include "loopback_server.hpp"
#include "wire.hpp"

using namespace custdkim;
using namespace custdkim::test;
using dns::Probe;
using dns::QuestionType;
using dns::Transport;

namespace {

using Replies = std::vector<std::string>;

constexpr std::chrono::milliseconds soon(300);  // where the deadline is what is looked at
constexpr std::chrono::minutes ample(5);        // where it must not matter

dns::AddressPolicy loopback_allowed() { return dns::AddressPolicy::make({"127.0.0.0/8", "::1"}).value(); }

class World {
  public:
    explicit World(dns::ProbingLimits limits = {}) : prober(loopback_allowed(), random, limits) {}

    Result<dns::Answer> ask(const Probe& probe, std::chrono::milliseconds deadline = ample) {
        return prober.ask(std::vector{probe}, deadline).at(0);
    }

    SeededRandom random{1};
    dns::Prober prober;
};

Probe probe_of(const LoopbackServer& server, const char* name = "s1._domainkey.acme.example",
               Transport transport = Transport::udp) {
    Probe probe;
    probe.server = server.address();
    probe.name = dns::Name::parse(name).value();
    probe.type = QuestionType::txt;
    probe.transport = transport;
    return probe;
}

Probe over_tcp(const LoopbackServer& server) {
    return probe_of(server, "s1._domainkey.acme.example", Transport::tcp);
}

// The same answer over both, a TCP one with its length.
Replies carried(const Query& query, const std::string& message) {
    return {query.tcp ? framed(message) : message};
}

std::string wrong_id(const std::string& message) {
    std::string other = message;
    other[0] = static_cast<char>(other[0] ^ 1);
    return other;
}

// A port where nobody listens, for long enough.
dns::ServerAddress nobody() {
    return LoopbackServer([](const Query&) { return Replies(); }).address();
}

}  // namespace

TEST_CASE("A name server is asked over UDP and over TCP") {
    const LoopbackServer server([](const Query& query) {
        return carried(query, answer_to(query.message, {txt({"v=DKIM1; p=abc"})}));
    });
    World world;
    const auto answers = world.prober.ask(std::vector{probe_of(server), over_tcp(server)}, ample);
    REQUIRE(answers.size() == 2);
    for (const auto& answer : answers) {
        REQUIRE(answer.has_value());
        CHECK(answer->texts == Replies{"v=DKIM1; p=abc"});
        CHECK(answer->authoritative);
    }
}

TEST_CASE("No probes, no answers") { CHECK(World().prober.ask({}, ample).empty()); }

TEST_CASE("Any rcode is an answer, and so is a truncated one") {
    const LoopbackServer server([](const Query& query) {
        const bool refuse = query.message.find("refused") != std::string::npos;
        return Replies{answer_to(query.message, {}, response_flag | (refuse ? 5 : truncated_flag))};
    });
    World world;
    CHECK(world.ask(probe_of(server, "refused.example"))->rcode == 5);
    CHECK(world.ask(probe_of(server))->truncated);
}

TEST_CASE("Many questions wait for their turn, and each gets its own answer") {
    const LoopbackServer server([](const Query& query) {
        return carried(query, answer_to(query.message, {txt({query.message.substr(13, 4)})}));
    });
    World world({.at_once = 3, .per_server = 2});
    std::vector<Probe> probes;
    for (int number = 1000; number < 1200; ++number) {
        const std::string name = std::to_string(number) + ".example";
        probes.push_back(probe_of(server, name.c_str(), number % 5 == 0 ? Transport::tcp : Transport::udp));
    }
    const auto answers = world.prober.ask(probes, ample);
    REQUIRE(answers.size() == probes.size());
    for (std::size_t at = 0; at < answers.size(); ++at) {
        REQUIRE(answers[at].has_value());
        CHECK(answers[at]->texts == Replies{std::to_string(1000 + at)});
    }
}

TEST_CASE("An address has so many questions at once, on all its ports") {
    LoopbackServer first([](const Query&) { return Replies(); });
    LoopbackServer second([](const Query&) { return Replies(); });
    World world({.at_once = 100, .per_server = 2});
    const auto answers = world.prober.ask(
        std::vector{probe_of(first), probe_of(first), probe_of(second), probe_of(first)}, soon);
    CHECK(answers[0].error().detail == "no answer in time");
    CHECK(answers[1].error().detail == "no answer in time");
    for (const std::size_t late : {2, 3}) {
        CHECK(answers[late].error().code == Errc::unavailable);
        CHECK(answers[late].error().detail == "not asked in time: too many questions were under way");
    }
    CHECK(second.queries(0).empty());
}

TEST_CASE("A slow server does not keep the others waiting") {
    const LoopbackServer slow([](const Query&) { return Replies(); });
    const LoopbackServer server(
        [](const Query& query) { return Replies{answer_to(query.message, {soa(7)})}; });
    World world({.at_once = 4, .per_server = 2});
    std::vector<Probe> probes(50, probe_of(slow));
    Probe other = probe_of(server);
    // Loopback is a whole network of addresses, but the server listens on one: only the name of it differs.
    for (Probe& probe : probes) probe.server.address = "127.0.0.2";
    probes.insert(probes.end(), 50, other);
    const auto answers = world.prober.ask(probes, std::chrono::seconds(2));
    CHECK(std::count_if(answers.begin(), answers.end(), [](const auto& one) { return one.has_value(); }) ==
          50);
}

TEST_CASE("Without an answer a question is sent once more, and then it was in vain") {
    LoopbackServer server([](const Query&) { return Replies(); });
    World world;
    const auto answer = world.ask(probe_of(server), soon);
    CHECK(answer.error().code == Errc::unavailable);
    CHECK(answer.error().detail == "no answer in time");
    const auto queries = server.queries(2);
    CHECK(queries.size() == 2);
    CHECK(queries[0].message == queries[1].message);
    CHECK(world.ask(over_tcp(server), soon).error().detail == "no answer in time");
}

TEST_CASE("The answer to the second sending counts") {
    int asked = 0;
    LoopbackServer server([&](const Query& query) {
        return ++asked == 1 ? Replies() : Replies{answer_to(query.message, {txt({"late"})})};
    });
    CHECK(World().ask(probe_of(server), std::chrono::seconds(2))->texts == Replies{"late"});
}

TEST_CASE("Where nobody listens is known at once") {
    Probe probe;
    probe.server = nobody();
    for (const Transport transport : {Transport::udp, Transport::tcp}) {
        probe.transport = transport;
        const auto answer = World().ask(probe);
        CHECK(answer.error().code == Errc::unavailable);
        CHECK(answer.error().detail == "connection refused");
    }
}

TEST_CASE("Answers with another id or question are counted, and the right one may still come") {
    const LoopbackServer server([](const Query& query) {
        const std::string right = answer_to(query.message, {txt({"right"})});
        std::string other_question = right;
        other_question[14] ^= 3;
        Replies replies{wrong_id(right), other_question};
        if (query.message.find("good") != std::string::npos) replies.push_back(right);
        return replies;
    });
    World world;
    CHECK(world.ask(probe_of(server, "good.example"))->texts == Replies{"right"});
    const auto never = world.ask(probe_of(server, "bad.example"), soon);
    CHECK(never.error().code == Errc::corrupt);
    CHECK(never.error().detail == "answered with another id or question 4 times");
}

TEST_CASE("What comes from elsewhere is not heard") {
    const LoopbackServer server([](const Query& query) {
        LoopbackServer::send_from_elsewhere(query, answer_to(query.message, {txt({"forged"})}));
        return Replies{answer_to(query.message, {txt({"right"})})};
    });
    CHECK(World().ask(probe_of(server))->texts == Replies{"right"});
}

TEST_CASE("Questions have ids and ports of their own") {
    LoopbackServer server([](const Query& query) { return Replies{answer_to(query.message, {})}; });
    World world;
    CHECK(world.ask(probe_of(server)).has_value());
    CHECK(world.ask(probe_of(server)).has_value());
    const auto queries = server.queries(2);
    CHECK(id_of(queries[0].message) != id_of(queries[1].message));
    CHECK(queries[0].from.sin_port != queries[1].from.sin_port);
}

TEST_CASE("A malformed answer is corrupt") {
    const LoopbackServer server([](const Query& query) {
        const std::string message = answer_to(query.message, {txt({"cut"})});
        return carried(query, message.substr(0, message.size() - 3));
    });
    World world;
    CHECK(world.ask(probe_of(server)).error().code == Errc::corrupt);
    CHECK(world.ask(over_tcp(server)).error().code == Errc::corrupt);
}

TEST_CASE("64 KiB over TCP, in pieces") {
    const LoopbackServer server([](const Query& query) {
        const std::vector<std::string> records(246, txt({std::string(252, 'x')}));
        const std::string message = framed(answer_to(query.message, records));
        return Replies{message.substr(0, 1), message.substr(1, 4), message.substr(5, 30000),
                       message.substr(30005)};
    });
    CHECK(World().ask(over_tcp(server))->texts.size() == 246);
}

TEST_CASE("A TCP connection that is closed early says how much had come") {
    const LoopbackServer server([](const Query& query) {
        if (query.message.find("none") != std::string::npos) return Replies{""};
        if (query.message.find("length") != std::string::npos) return Replies{word(600)};
        return Replies{wrong_id(framed(answer_to(query.message, {})))};
    });
    World world;
    const auto none = world.ask(probe_of(server, "none.example", Transport::tcp));
    CHECK(none.error().code == Errc::unavailable);
    CHECK(none.error().detail == "closed the TCP connection without an answer");
    const auto cut = world.ask(probe_of(server, "length.example", Transport::tcp));
    CHECK(cut.error().code == Errc::corrupt);
    CHECK(cut.error().detail == "closed the TCP connection in the middle of an answer");
}

TEST_CASE("Another id over TCP is corrupt") {
    const LoopbackServer server(
        [](const Query& query) { return Replies{framed(wrong_id(answer_to(query.message, {})))}; });
    CHECK(World().ask(over_tcp(server)).error().code == Errc::corrupt);
}

TEST_CASE("Forbidden addresses are refused, and nothing is sent") {
    LoopbackServer server([](const Query& query) { return carried(query, answer_to(query.message, {})); });
    SeededRandom random(1);
    dns::Prober careful({}, random);
    const auto answers = careful.ask(std::vector{probe_of(server), over_tcp(server)}, ample);
    for (const auto& answer : answers) {
        CHECK(answer.error().code == Errc::refused);
        CHECK(answer.error().detail == "127.0.0.1 is not asked: the configuration forbids its network");
    }
    CHECK(World().ask(probe_of(server, "allowed.example")).has_value());
    CHECK(server.queries(1).size() == 1);
}

TEST_CASE("A prober can end while others wait for answers") {
    LoopbackServer server([](const Query&) { return Replies(); });
    auto world = std::make_unique<World>(dns::ProbingLimits{.at_once = 2, .per_server = 2});
    auto answers = std::async(std::launch::async, [&, &prober = world->prober] {
        return prober.ask(std::vector{probe_of(server), over_tcp(server), probe_of(server)},
                          std::chrono::hours(1));
    });
    server.queries(2);
    world.reset();
    for (const auto& answer : answers.get()) CHECK(answer.error().code == Errc::unavailable);
}
