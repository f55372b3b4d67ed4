// Repeated requests: the same reply, until a zone changes.
#include "backend/answer_memo.hpp"

#include <catch2/catch.hpp>

#include "backend/protocol.hpp"
#include "fixed_zones.hpp"
#include "support/sample_keys.hpp"

namespace custdkim::test {

using backend::AnswerMemo;

namespace {

std::string ask(backend::Conversation& conversation, std::string_view name) {
    HeldReply reply;
    conversation.answer(R"({"method": "lookup", "parameters": {"local": "127.0.0.1", "qname": ")" +
                            std::string(name) +
                            R"(.custdkim.example.net.", "qtype": "ANY", "real-remote": "127.0.0.1/32", )"
                            R"("remote": "127.0.0.1", "zone-id": 1}})",
                        reply);
    return reply.text;
}

}  // namespace

TEST_CASE("A memo gives back what was kept, for the same words and generation only") {
    AnswerMemo memo;
    memo.keep("request", "reply", 7);
    REQUIRE(memo.find("request", 7));
    CHECK(*memo.find("request", 7) == "reply");
    CHECK_FALSE(memo.find("request", 8));
    CHECK_FALSE(memo.find("request ", 7));
    CHECK_FALSE(memo.find("", 0));
}

TEST_CASE("The entry that was not used for the longest time gives way") {
    AnswerMemo memo;
    for (const char* request : {"a", "b", "c", "d"}) memo.keep(request, request, 1);
    CHECK(memo.find("a", 1));
    memo.keep("e", "e", 1);
    CHECK(memo.find("a", 1));
    CHECK_FALSE(memo.find("b", 1));
    CHECK(memo.find("e", 1));
}

TEST_CASE("Long requests and replies are not kept") {
    AnswerMemo memo;
    memo.keep(std::string(2000, 'x'), "reply", 1);
    memo.keep("request", std::string(5000, 'x'), 1);
    CHECK_FALSE(memo.find(std::string(2000, 'x'), 1));
    CHECK_FALSE(memo.find("request", 1));
}

TEST_CASE("A conversation repeats itself only until a key is published or withdrawn") {
    const Zones zones = fixed_zones();
    backend::Conversation conversation({zones});
    const std::string soa = ask(conversation, "custdkim.example.net");
    const Key key = sample_key("knew", {"n3wn3w"});
    const std::string nothing = ask(conversation, "s1.n3wn3w");
    CHECK(nothing == R"({"result":[]})");
    CHECK(ask(conversation, "s1.n3wn3w") == nothing);

    KeyZone& zone = *zones.find_key_zone(key.zone);
    zone.publish(key, zone.serial() + 1);
    const std::string published = ask(conversation, "s1.n3wn3w");
    CHECK(published.find(R"("qtype":"TXT")") != std::string::npos);
    CHECK(ask(conversation, "s1.n3wn3w") == published);

    zone.withdraw(key, zone.serial() + 1);
    CHECK(ask(conversation, "s1.n3wn3w") == nothing);
}

}  // namespace custdkim::test
