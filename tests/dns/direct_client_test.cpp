#include "dns/direct_client.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <set>

#include "tests/dns/loopback_server.hpp"
#include "tests/dns/wire.hpp"

using namespace custdkim;
using namespace custdkim::test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using dns::QuestionType;

namespace {

using Replies = std::vector<std::string>;

const dns::Name name = dns::Name::parse("s1.q7w2ka.custdkim.example.net").value();
// For answers that come: never waited out, also on a machine that is busy.
constexpr auto patient = 60s;

Result<dns::Answer> ask(const dns::ServerAddress& server, std::chrono::milliseconds deadline = patient,
                        QuestionType type = QuestionType::txt) {
    static SeededRandom random(1);
    return dns::DirectClient(random).ask(server, name, type, deadline);
}

std::string good(const Query& query) { return answer_to(query.message, {txt({"v=DKIM1; ", "p=abc"})}); }
std::string truncated(const Query& query) {
    return answer_to(query.message, {}, good_flags | truncated_flag);
}
std::string with_other_id(std::string message) {
    message[0] = static_cast<char>(message[0] ^ 1);
    return message;
}

bool is_good(const Result<dns::Answer>& answer) {
    return answer && answer->authoritative && answer->texts == std::vector<std::string>{"v=DKIM1; p=abc"};
}

// The detail of the error, which must be `unavailable` and name the server.
std::string complaint(const LoopbackServer& server, std::chrono::milliseconds deadline = patient) {
    const auto answer = ask(server.address(), deadline);
    REQUIRE(answer.has_error());
    CHECK(answer.error().code == Errc::unavailable);
    CHECK_THAT(answer.error().detail, StartsWith(to_string(server.address()) + ": "));
    return answer.error().detail;
}

// What the server says over TCP, after a truncated answer over UDP.
LoopbackServer::Reply over_tcp(LoopbackServer::Reply reply) {
    return [reply = std::move(reply)](const Query& query) {
        return query.tcp ? reply(query) : Replies{truncated(query)};
    };
}

}  // namespace

TEST_CASE("A name server is asked over UDP, once, for TXT and for SOA") {
    LoopbackServer server([](const Query& query) {
        const bool wants_soa = question_of(query.message).ends_with(word(6) + word(1));
        return Replies{wants_soa ? answer_to(query.message, {soa(2026010100)}) : good(query)};
    });
    CHECK(is_good(ask(server.address())));
    CHECK(ask(server.address(), patient, QuestionType::soa)->serial == 2026010100U);
    const auto queries = server.queries(2);
    REQUIRE(queries.size() == 2);
    CHECK_FALSE(queries[0].tcp);
}

TEST_CASE("A question that gets lost is asked once more") {
    std::atomic<int> asked = 0;
    LoopbackServer server(
        [&](const Query& query) { return ++asked == 1 ? Replies{} : Replies{good(query)}; });
    CHECK(is_good(ask(server.address(), 2s)));
    const auto queries = server.queries(2);
    REQUIRE(queries.size() == 2);
    CHECK(queries[0].message == queries[1].message);
}

TEST_CASE("A silent server costs its deadline, and two datagrams") {
    LoopbackServer server([](const Query&) { return Replies{}; });
    CHECK_THAT(complaint(server, 60ms), Contains("no answer in time"));
    CHECK(server.queries(2).size() == 2);
}

TEST_CASE("A port where nobody listens is unavailable at once") {
    std::uint16_t port = 0;
    {
        const LoopbackServer gone([](const Query&) { return Replies{}; });
        port = gone.address().port;
    }
    const auto answer = ask({"127.0.0.1", port});
    REQUIRE(answer.has_error());
    CHECK(answer.error().code == Errc::unavailable);
    CHECK_THAT(answer.error().detail, Contains("Connection refused"));
}

TEST_CASE("What is no IP address cannot be asked") {
    CHECK(ask({"localhost", 53}).error().code == Errc::invalid);
}

TEST_CASE("Forged answers are passed over while the right one may still come") {
    LoopbackServer server([](const Query& query) {
        const std::string forged = answer_to(query.message, {txt({"forged"})});
        const dns::Question other{dns::Name::parse("other.example").value(), QuestionType::txt, 0};
        std::string other_question = answer_to(query_for(other), {txt({"forged"})});
        other_question.replace(0, 2, id_of(query.message));
        LoopbackServer::send_from_elsewhere(query, forged);
        return Replies{with_other_id(forged), other_question, query.message, "", "junk", good(query)};
    });
    CHECK(is_good(ask(server.address())));
    CHECK(server.queries(1).size() == 1);
}

TEST_CASE("Forged answers alone are no answer") {
    LoopbackServer server([](const Query& query) {
        LoopbackServer::send_from_elsewhere(query, good(query));
        return Replies{with_other_id(good(query))};
    });
    CHECK_THAT(complaint(server, 60ms), Contains("no answer in time"));
}

TEST_CASE("A malformed answer is an error after one more try") {
    LoopbackServer server([](const Query& query) {
        return Replies{answer_to(query.message, {record(16,
                                                        "\xff"
                                                        "abc")})};
    });
    CHECK_THAT(complaint(server), Contains("malformed"));
    CHECK(server.queries(2).size() == 2);
}

TEST_CASE("A truncated answer is fetched over TCP, by the same question") {
    const std::string large(255, 'x');
    LoopbackServer server(over_tcp([&](const Query& query) {
        const Replies strings(16, large);
        const std::string reply = framed(answer_to(query.message, {txt(strings)}));
        return Replies{reply.substr(0, 1), reply.substr(1, 700), reply.substr(701)};
    }));
    const auto answer = ask(server.address());
    REQUIRE(answer.has_value());
    REQUIRE(answer->texts.size() == 1);
    CHECK(answer->texts[0].size() == 16 * 255);
    const auto queries = server.queries(2);
    REQUIRE(queries.size() == 2);
    CHECK(queries[1].tcp);
    CHECK(queries[0].message == queries[1].message);
}

TEST_CASE("A server that does badly over TCP is unavailable") {
    const auto complaint_about = [](LoopbackServer::Reply reply,
                                    std::chrono::milliseconds deadline = patient) {
        return complaint(LoopbackServer(over_tcp(std::move(reply))), deadline);
    };
    CHECK_THAT(complaint_about([](const Query& q) { return Replies{framed(with_other_id(good(q)))}; }),
               Contains("another question"));
    CHECK_THAT(complaint_about([](const Query& q) { return Replies{framed(truncated(q))}; }),
               Contains("truncated its answer over TCP"));
    CHECK_THAT(complaint_about([](const Query& q) { return Replies{framed(good(q)).substr(0, 40)}; }),
               Contains("without a whole answer"));
    CHECK_THAT(complaint_about([](const Query&) { return Replies{""}; }), Contains("without a whole answer"));
    CHECK_THAT(complaint_about([](const Query&) { return Replies{word(0)}; }), Contains("another question"));
    CHECK_THAT(complaint_about([](const Query&) { return Replies{}; }, 100ms), Contains("no answer in time"));
}

TEST_CASE("Every question has an id and a port of its own") {
    LoopbackServer server([](const Query& query) { return Replies{good(query)}; });
    std::set<std::string> ids;
    std::set<in_port_t> ports;
    for (int i = 0; i < 50; ++i) CHECK(is_good(ask(server.address())));
    for (const Query& query : server.queries(50)) {
        ids.insert(id_of(query.message));
        ports.insert(query.from.sin_port);
    }
    CHECK(ids.size() > 45);
    CHECK(ports.size() > 25);  // the kernel draws them, and may draw one twice
}

TEST_CASE("Many threads may ask at the same time") {
    LoopbackServer server([](const Query& query) { return Replies{good(query)}; });
    std::atomic<int> answered = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int j = 0; j < 20; ++j) answered += is_good(ask(server.address()));
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(answered == 160);
}
