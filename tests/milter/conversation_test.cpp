// What the callbacks of libmilter do, without libmilter.
#include "milter/conversation.hpp"

#include <catch2/catch.hpp>

namespace custdkim::milter {

namespace {

using What = Verdict::What;

struct Service {
    std::vector<std::string> asked;
    MailDesk desk{{}, [this](std::string_view message) -> Result<api::HttpAnswer> {
                      asked.emplace_back(message);
                      return api::HttpAnswer{200, R"({"header": "DKIM-Signature: v=1;\r\n b=x\r\n"})"};
                  }};
};

std::string send(Conversation& conversation, Service& service) {
    REQUIRE(conversation.begin(true));
    conversation.header("From", " a@acme.example");
    conversation.header("Subject", " one\n\ttwo\r\n three");
    conversation.header("X-Empty", "");
    conversation.header("X-Tab", "\tvalue ");
    conversation.end_header();
    conversation.body("Hel");
    conversation.body("lo\r\n");
    CHECK(conversation.end().what == What::sign);
    return service.asked.back();
}

}  // namespace

TEST_CASE("The service is asked about the message as it will be delivered") {
    Service service;
    Conversation conversation(service.desk, true);
    CHECK(send(conversation, service) ==
          "From: a@acme.example\r\nSubject: one\r\n\ttwo\r\n three\r\nX-Empty:\r\nX-Tab:\tvalue "
          "\r\n\r\nHello\r\n");
}

TEST_CASE("Where the mail server keeps the space behind the colon to itself, it is there all the same") {
    Service service;
    Conversation conversation(service.desk, false);
    REQUIRE(conversation.begin(true));
    conversation.header("From", "a@acme.example");
    conversation.end_header();
    const Verdict verdict = conversation.end();
    CHECK(service.asked == std::vector<std::string>{"From: a@acme.example\r\n\r\n"});
    CHECK(verdict.signatures == std::vector<HeaderField>{{"DKIM-Signature", "v=1;\n b=x"}});
}

TEST_CASE("One message follows another over the same connection") {
    Service service;
    Conversation conversation(service.desk, true);
    const std::string first = send(conversation, service);
    REQUIRE(conversation.begin(true));
    conversation.header("From", " aborted@acme.example");
    conversation.abort();
    CHECK(send(conversation, service) == first);
    REQUIRE(conversation.begin(true));
    conversation.header("From", " cut@acme.example");
    CHECK(send(conversation, service) == first);
}

TEST_CASE("Who has logged in is asked at each message") {
    Service service;
    Conversation conversation(service.desk, true);
    conversation.connect({"192.0.2.1", ""});
    CHECK_FALSE(conversation.begin(false));
    CHECK(conversation.begin(true));
    CHECK_FALSE(conversation.begin(false));
    CHECK_FALSE(conversation.body("x"));
    CHECK(conversation.end().what == What::fail);
    CHECK(service.asked.empty());
}

TEST_CASE("A message above the limit is rejected, and the next one is signed") {
    Service service;
    service.desk.largest_message = 100;
    Conversation conversation(service.desk, true);
    for (const bool in_header : {true, false}) {
        REQUIRE(conversation.begin(true));
        conversation.header("From", in_header ? std::string(100, 'x') : " a@acme.example");
        conversation.end_header();
        CHECK_FALSE(conversation.body(std::string(80, 'x')));
        CHECK_FALSE(conversation.body("more"));
        CHECK(conversation.end().reply.code == "552");
    }
    CHECK(service.asked.empty());
    REQUIRE(conversation.begin(true));
    CHECK(conversation.body(std::string(100, 'x')));
    CHECK(conversation.end().what == What::sign);
}

TEST_CASE("Too much mail at once is put off, and there is room again when it has gone") {
    Service service;
    MailDesk desk{{}, service.desk.ask, 1 << 20, MailRoom(100'000)};
    Conversation first(desk, true), second(desk, true);
    REQUIRE(first.begin(true));
    REQUIRE(second.begin(true));
    CHECK(first.body(std::string(80'000, 'x')));
    CHECK_FALSE(second.body(std::string(80'000, 'x')));
    CHECK(second.end().reply.code == "451");
    first.abort();
    for (int i = 0; i < 3; ++i) {
        REQUIRE(second.begin(true));
        CHECK(second.body(std::string(80'000, 'x')));
        CHECK(second.end().what == What::sign);
    }
}

}  // namespace custdkim::milter
