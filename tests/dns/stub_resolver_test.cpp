#include "dns/stub_resolver.hpp"

#include <catch2/catch.hpp>

#include "tests/dns/loopback_server.hpp"
#include "tests/dns/wire.hpp"

using namespace custdkim;
using namespace custdkim::test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using dns::QuestionType;

namespace {

using Replies = std::vector<std::string>;

const dns::Name name = dns::Name::parse("s1._domainkey.acme.example").value();
constexpr unsigned resolver_flags = response_flag | recursion_flag;
constexpr auto patient = 60s;  // for answers that come

LoopbackServer::Reply saying(unsigned flags, const std::string& target = "") {
    return [flags, target](const Query& query) {
        Replies records;
        if (!target.empty()) records.push_back(cname(target));
        return Replies{answer_to(query.message, records, flags)};
    };
}

Result<dns::Answer> ask(std::vector<dns::ServerAddress> servers,
                        std::chrono::milliseconds deadline = patient) {
    static SeededRandom random(1);
    return dns::StubResolver(std::move(servers), random, deadline).ask(name, QuestionType::cname);
}

std::string target_of(const Result<dns::Answer>& answer) {
    return answer && answer->aliases.size() == 1 ? answer->aliases[0].target.text() : "";
}

}  // namespace

TEST_CASE("A resolver is asked to recurse") {
    LoopbackServer server(saying(resolver_flags, "t.example"));
    CHECK(target_of(ask({server.address()})) == "t.example");
    CHECK((server.queries(1)[0].message[2] & 1) == 1);
}

TEST_CASE("What does not fit into a datagram is fetched over TCP") {
    LoopbackServer server([](const Query& query) {
        if (!query.tcp) return Replies{answer_to(query.message, {}, resolver_flags | truncated_flag)};
        return Replies{framed(answer_to(query.message, {cname("t.example")}, resolver_flags))};
    });
    CHECK(target_of(ask({server.address()})) == "t.example");
}

TEST_CASE("The next resolver is asked when one cannot tell") {
    LoopbackServer silent([](const Query&) { return Replies{}; });
    LoopbackServer failing(saying(resolver_flags | 2)), refusing(saying(response_flag | 5));
    LoopbackServer good(saying(resolver_flags, "t.example"));
    CHECK(target_of(ask({failing.address(), refusing.address(), good.address()})) == "t.example");
    CHECK(target_of(ask({silent.address(), good.address()}, 400ms)) == "t.example");
}

TEST_CASE("That there is no such name is an answer, and nobody else is asked") {
    LoopbackServer first(saying(resolver_flags | 3)), second(saying(resolver_flags, "t.example"));
    const auto answer = ask({first.address(), second.address()});
    REQUIRE(answer.has_value());
    CHECK(answer->rcode == dns::rcode::nxdomain);
}

TEST_CASE("When none can tell, a failure that was answered is worth more than silence") {
    LoopbackServer failing(saying(resolver_flags | 2));
    LoopbackServer silent([](const Query&) { return Replies{}; });
    const auto answer = ask({failing.address(), silent.address()}, 200ms);
    REQUIRE(answer.has_value());
    CHECK(answer->rcode == 2);
    const auto silence = ask({silent.address()}, 100ms);
    REQUIRE(silence.has_error());
    CHECK(silence.error().code == Errc::unavailable);
}

TEST_CASE("A name server that does not recurse cannot tell that something is missing") {
    LoopbackServer authority(saying(good_flags));
    const auto answer = ask({authority.address()});
    REQUIRE(answer.has_error());
    CHECK_THAT(answer.error().detail, Contains("no recursive resolver"));
}

TEST_CASE("A resolver is asked for AD, and what it vouches for is secure") {
    LoopbackServer vouching(saying(resolver_flags | authentic_flag, "t.example"));
    LoopbackServer silent_on_it(saying(resolver_flags, "t.example"));
    CHECK(ask({vouching.address()})->security == dns::Security::secure);
    CHECK(ask({silent_on_it.address()})->security == dns::Security::unchecked);
    CHECK((vouching.queries(1)[0].message[3] & 0x30) == 0x20);  // AD, not CD
}

TEST_CASE("A resolver can be asked for what does not validate") {
    LoopbackServer server(saying(resolver_flags, "t.example"));
    SeededRandom random(1);
    dns::StubResolver resolver({server.address()}, random, patient);
    CHECK(target_of(resolver.ask_unchecked(name, QuestionType::cname)) == "t.example");
    CHECK((server.queries(1)[0].message[3] & 0x10) == 0x10);
}
