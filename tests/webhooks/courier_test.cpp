#include "webhooks/courier.hpp"

#include <catch2/catch.hpp>

#include "base/log.hpp"
#include "keys/hmac.hpp"
#include "store/memory_store.hpp"
#include "tests/support/sample_keys.hpp"

namespace custdkim::test {

namespace {

using webhooks::Courier;
using webhooks::Message;
using webhooks::Webhook;

constexpr std::string_view secret_text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

// A receiver that does as the test says, a store with an audit log, and a clock.
struct Delivery {
    MemoryStore store;
    SimulatedClock clock{new_year(1000)};
    SeededRandom random{1};
    Webhook webhook;
    std::vector<Message> received;     // what it was asked to take
    std::deque<Result<long>> answers;  // then: 200
    std::unique_ptr<Courier> courier;
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb"});
    struct Killed {};
    std::size_t kill_at = 0;  // the attempt at which the process ends, if any

    Delivery() {
        set_log_level(LogLevel::none);
        const auto zone = name("custdkim.example.net");
        store.open_zones({&zone, 1}, new_year()).value();
        store.insert({key, {}, event("create")}, clock.now()).value();
        clock.advance(Duration(1));
        webhook.name = "pager";
        webhook.url = "https://receiver.example/";
        start();
    }
    ~Delivery() { set_log_level(LogLevel::info); }

    // As after kill -9: nothing is left but the store.
    void start() {
        webhook.secrets = webhooks::parse_secrets(secret_text).value();
        Webhook copy{webhook.name,
                     webhook.url,
                     webhook.events,
                     webhooks::parse_secrets(secret_text).value(),
                     webhook.timeout,
                     webhook.keep,
                     {}};
        courier = std::make_unique<Courier>(
            std::move(copy),
            Courier::Parts{store, clock, random, [this](const Webhook&, const Message& message, const auto&) {
                               received.push_back(message);
                               if (received.size() == kill_at) throw Killed();
                               if (answers.empty()) return Result<long>(200);
                               auto answer = answers.front();
                               answers.pop_front();
                               return answer;
                           }});
        REQUIRE(courier->open().has_value());
    }
    Event event(const std::string& action) const {
        return {0, clock.now(), "rotator", action, key.id, key.domain.text(), "why"};
    }
    void happen(const std::string& action) {
        Change change;
        change.key = key;
        change.event = event(action);
        REQUIRE(store.commit({&change, 1}, clock.now()).value().front().done);
        ++key.version;
    }
    std::vector<std::string> types() const {
        std::vector<std::string> all;
        for (const Message& message : received) {
            const auto begin = message.body.find("\"type\":\"") + 8;
            all.push_back(message.body.substr(begin, message.body.find('"', begin) - begin));
        }
        return all;
    }
};

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("A webhook that is new gets what happens from then on, in order, each once") {
    Delivery delivery;
    CHECK_FALSE(delivery.courier->work());
    for (const char* action : {"publish", "hold", "sign"}) delivery.happen(action);
    CHECK_FALSE(delivery.courier->work());
    CHECK_FALSE(delivery.courier->work());
    CHECK(delivery.types() == Words{"publish", "hold", "sign"});
}

TEST_CASE("Only the events that were chosen are told, and the others are passed over for good") {
    Delivery delivery;
    delivery.webhook.events = {"hold"};
    delivery.start();
    for (int i = 0; i < 250; ++i) delivery.happen(i == 249 ? "hold" : "publish");
    delivery.courier->work();
    CHECK(delivery.types() == Words{"hold"});
    CHECK_FALSE(delivery.courier->figures().waiting_since);
    delivery.start();
    delivery.courier->work();
    CHECK(delivery.received.size() == 1);
}

TEST_CASE("What was not taken is tried again, later and later, and nothing overtakes it") {
    Delivery delivery;
    delivery.webhook.events = {"hold", "sign"};
    delivery.start();
    delivery.happen("hold");
    delivery.happen("sign");
    delivery.answers = {Result<long>(500), Result<long>(Error{Errc::unavailable, "nobody answers"}),
                        Result<long>(302)};
    Duration longest(0);
    for (int failures = 1; failures <= 3; ++failures) {
        const auto next = delivery.courier->work();
        REQUIRE(next);
        const Duration wait = *next - delivery.clock.read().uptime;
        CHECK(wait >= longest);
        longest = wait;
        CHECK(delivery.courier->work() == next);  // not before its time
        CHECK(delivery.received.size() == static_cast<std::size_t>(failures));
        CHECK(delivery.courier->figures().waiting_since == new_year(1001));
        delivery.clock.advance(wait);
    }
    CHECK(longest > Duration(1));
    CHECK_FALSE(delivery.courier->work());
    CHECK(delivery.types() == Words{"hold", "hold", "hold", "hold", "sign"});
    CHECK(delivery.received[0].id == delivery.received[3].id);
    CHECK(delivery.received[0].id != delivery.received[4].id);
    CHECK(delivery.received[0].timestamp != delivery.received[3].timestamp);
    const auto figures = delivery.courier->figures();
    CHECK(figures.delivered == 2);
    CHECK(figures.failed == 3);
    CHECK(figures.took.count() == 5);
    CHECK_FALSE(figures.waiting_since);
}

TEST_CASE("A receiver that was gone for a week gets all that it missed once it is back") {
    Delivery delivery;
    delivery.webhook.events = {"hold"};
    delivery.start();
    for (int day = 0; day < 7; ++day) {
        for (int i = 0; i < 50; ++i) delivery.happen("hold");
        delivery.answers.push_back(Result<long>(503));
        CHECK(delivery.courier->work());
        delivery.clock.advance(std::chrono::days(1));
    }
    delivery.received.clear();
    delivery.start();
    CHECK_FALSE(delivery.courier->work());
    CHECK(delivery.received.size() == 350);
}

TEST_CASE("What is older than a webhook keeps is given up, and told to be") {
    Delivery delivery;
    delivery.webhook.events = {"hold", "sign"};
    delivery.webhook.keep = std::chrono::days(2);
    delivery.start();
    delivery.happen("hold");
    delivery.clock.advance(std::chrono::days(2));
    delivery.happen("sign");
    delivery.clock.advance(Duration(1));
    CHECK_FALSE(delivery.courier->work());
    CHECK(delivery.types() == Words{"sign"});
    CHECK(delivery.courier->figures().given_up == 1);
}

TEST_CASE(
    "After kill -9 at any attempt delivery goes on: nothing is missing, and at most 100 events come twice") {
    const std::size_t killed_at = GENERATE(1, 50, 101, 150, 349);
    Delivery delivery;
    delivery.webhook.events = {"hold"};
    delivery.start();
    for (int i = 0; i < 350; ++i) delivery.happen("hold");
    delivery.kill_at = killed_at;
    CHECK_THROWS_AS(delivery.courier->work(), Delivery::Killed);
    delivery.start();
    CHECK_FALSE(delivery.courier->work());
    std::set<std::string> ids;
    for (const Message& message : delivery.received) ids.insert(message.id);
    CHECK(ids.size() == 350);
    CHECK(delivery.received.size() <= 350 + 101);
}

TEST_CASE("The signature is that of the Standard Webhooks specification") {
    const auto secrets = webhooks::parse_secrets(secret_text).value();
    const Event event{7, new_year(), "rotator", "hold", "k1", "acme.example", "why"};
    const Message message = webhooks::message_of(event, secrets, new_year(5));
    CHECK(message.id == "evt_7_1767225600");
    CHECK(message.timestamp == "1767225605");
    CHECK(
        message.body.starts_with(R"({"type":"hold","timestamp":"2026-01-01T00:00:00Z","data":{"number":7,)"));
    CHECK(message.signature ==
          "v1," +
              to_base64(hmac_sha256(secrets[0], message.id + "." + message.timestamp + "." + message.body)));
}

TEST_CASE("While a secret changes, a message has a signature for each") {
    const std::string other = "whsec_" + std::string(42, 'A') + "A=";
    const auto secrets = webhooks::parse_secrets(std::string(secret_text) + "\n" + other + "\n").value();
    REQUIRE(secrets.size() == 2);
    const Message message = webhooks::message_of({}, secrets, new_year());
    CHECK(std::count(message.signature.begin(), message.signature.end(), ' ') == 1);
    CHECK(message.signature.find(" v1,") != std::string::npos);
}

TEST_CASE("A secret is whsec_ and 24 to 64 octets in base64, once or twice") {
    const std::string text = GENERATE("", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_AAAA",
                                      "whsec_***", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\nx",
                                      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n\n"
                                      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");
    CHECK(webhooks::parse_secrets(text).has_error());
}

TEST_CASE("Pauses double up to ten minutes, with chance in them") {
    SeededRandom random(7);
    CHECK(webhooks::back_off(1, random) == Duration(1));
    for (const unsigned failures : {2U, 5U, 9U}) {
        const Duration most(std::int64_t{1} << (failures - 1));
        for (int i = 0; i < 20; ++i) {
            const Duration pause = webhooks::back_off(failures, random);
            CHECK(pause <= most);
            CHECK(pause >= most / 2);
        }
    }
    std::set<std::int64_t> seen;
    for (int i = 0; i < 50; ++i) seen.insert(webhooks::back_off(1000, random).count());
    CHECK(*seen.rbegin() <= 600);
    CHECK(*seen.begin() >= 300);
    CHECK(seen.size() > 10);
}

}  // namespace custdkim::test
