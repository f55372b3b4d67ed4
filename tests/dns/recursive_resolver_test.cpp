// What needs no root: with a forwarder in the test. How it iterates is seen in
// tests/system/recursion_test.py.
#include "dns/recursive_resolver.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <future>

#include "loopback_server.hpp"
#include "tests/support/temporary_directory.hpp"
#include "wire.hpp"

using namespace custdkim;
using namespace custdkim::test;
using dns::QuestionType;
using dns::RecursiveResolver;

namespace {

using Replies = std::vector<std::string>;

constexpr unsigned resolver_flags = response_flag | recursion_flag;

std::unique_ptr<RecursiveResolver> through(const LoopbackServer& forwarder,
                                           std::chrono::milliseconds deadline = std::chrono::minutes(1),
                                           std::size_t at_once = 64) {
    dns::RecursionSettings settings;
    settings.forwarders = {forwarder.address()};
    settings.deadline = deadline;
    settings.at_once = at_once;
    return RecursiveResolver::make(settings).value();
}

dns::Name name(const std::string& text) { return dns::Name::parse(text).value(); }

// Every name is an alias of one, and there is the TXT.
Replies alias_and_text(const Query& query) {
    const std::string target = wire_name("k.example.net");
    const std::string asked = question_of(query.message);
    const std::string text = txt({"v=DKIM1; p=abc"}, target);
    std::vector<std::string> records;
    if (!asked.starts_with(target)) records.push_back(cname("k.example.net"));
    if (asked.substr(asked.size() - 4, 2) == word(16)) records.push_back(text);
    const std::string answer = answer_to(query.message, records, resolver_flags);
    return {query.tcp ? framed(answer) : answer};
}

}  // namespace

TEST_CASE("A resolver is asked by way of libunbound, on the port it has") {
    const LoopbackServer forwarder(alias_and_text);
    const auto resolver = through(forwarder);
    const auto answer = resolver->ask(name("s1._domainkey.acme.test"), QuestionType::txt);
    REQUIRE(answer.has_value());
    CHECK(answer->rcode == dns::rcode::noerror);
    CHECK(answer->aliases ==
          std::vector<dns::Alias>{{name("s1._domainkey.acme.test"), name("k.example.net"), false}});
    REQUIRE(answer->all_texts.size() == 1);
    CHECK(answer->all_texts[0] == dns::Text{name("k.example.net"), "v=DKIM1; p=abc"});
    CHECK(answer->security == dns::Security::unchecked);
    CHECK_FALSE(answer->truncated);
}

TEST_CASE("No name is answered by libunbound itself") {
    const LoopbackServer forwarder(alias_and_text);
    const auto resolver = through(forwarder);
    for (const char* domain : {"a.test", "a.invalid", "a.localhost", "a.onion", "a.home.arpa",
                               "1.0.0.127.in-addr.arpa", "1.0.0.10.in-addr.arpa", "a.d.f.ip6.arpa"}) {
        const auto answer = resolver->ask(name(domain), QuestionType::txt);
        REQUIRE(answer.has_value());
        CHECK(answer->all_texts.size() == 1);
    }
}

TEST_CASE("Every question is asked anew") {
    LoopbackServer forwarder(alias_and_text);
    const auto resolver = through(forwarder);
    for (int turn = 0; turn < 3; ++turn) {
        CHECK(resolver->ask(name("a.acme.example"), QuestionType::cname).has_value());
    }
    CHECK(resolver->ask_unchecked(name("a.acme.example"), QuestionType::cname).has_value());
    const auto queries = forwarder.queries(4);
    CHECK(queries.size() == 4);
}

TEST_CASE("Many ask at the same time") {
    const LoopbackServer forwarder(alias_and_text);
    const auto resolver = through(forwarder, std::chrono::minutes(1), 8);
    std::vector<std::future<bool>> heard;
    for (int thread = 0; thread < 8; ++thread) {
        heard.push_back(std::async(std::launch::async, [&, thread] {
            bool well = true;
            for (int turn = 0; turn < 20; ++turn) {
                const std::string domain =
                    std::to_string(turn % 5) + "-" + std::to_string(thread) + ".example";
                const auto answer = resolver->ask(name("s1._domainkey." + domain), QuestionType::txt);
                well = well && answer && answer->all_texts.size() == 1;
            }
            return well;
        }));
    }
    for (auto& one : heard) CHECK(one.get());
}

TEST_CASE("What a forwarder answers is an answer, of any rcode") {
    const LoopbackServer forwarder([](const Query& query) {
        return Replies{answer_to(query.message, {}, resolver_flags | dns::rcode::nxdomain)};
    });
    CHECK(through(forwarder)->ask(name("a.example"), QuestionType::txt)->rcode == dns::rcode::nxdomain);
}

TEST_CASE("A forwarder that says nothing is no answer at the deadline, for those who wait for a turn, too") {
    const LoopbackServer forwarder([](const Query&) { return Replies(); });
    const auto resolver = through(forwarder, std::chrono::milliseconds(200), 1);
    auto other =
        std::async(std::launch::async, [&] { return resolver->ask(name("b.example"), QuestionType::txt); });
    const auto answer = resolver->ask(name("a.example"), QuestionType::txt);
    CHECK(answer.error().code == Errc::unavailable);
    CHECK(answer.error().detail == "no answer in time");
    CHECK(other.get().error().detail == "no answer in time");
}

TEST_CASE("A resolver can end while others wait for answers") {
    LoopbackServer forwarder([](const Query&) { return Replies(); });
    auto resolver = through(forwarder, std::chrono::hours(1), 1);
    auto ask = [&, &asked = *resolver] { return asked.ask(name("a.example"), QuestionType::txt); };
    auto first = std::async(std::launch::async, ask);
    forwarder.queries(1);
    resolver.reset();
    CHECK(first.get().error().code == Errc::unavailable);
}

TEST_CASE("Files that are none are refused when the resolver is made") {
    const TemporaryDirectory directory;
    const auto file = directory / "empty";
    std::ofstream(file) << "; nothing\n";
    for (const auto& path : {file, directory / "missing"}) {
        dns::RecursionSettings settings;
        settings.root_hints = path;
        const auto hints = RecursiveResolver::make(settings);
        REQUIRE_FALSE(hints.has_value());
        CHECK(hints.error().code == Errc::invalid);
        CHECK(hints.error().detail.find(path.string()) != std::string::npos);
        settings = {};
        settings.trust_anchor = path;
        const auto anchor = RecursiveResolver::make(settings);
        REQUIRE_FALSE(anchor.has_value());
        CHECK(anchor.error().detail.find(path.string()) != std::string::npos);
    }
}
