// The audit log as a stream: all of it, in order, and nothing twice.
#include "api/event_stream.hpp"

#include <catch2/catch.hpp>

#include "api_world.hpp"

namespace custdkim::test {

namespace {

void add_events(ApiWorld& world, int count) {
    for (int i = 0; i < count; ++i) {
        Key key = sample_key("k", {"aaaaaa", "bbbbbb"});
        static int number = 0;
        key.id += std::to_string(++number);
        key.domain = name("d" + std::to_string(number) + ".example");
        for (Slot& slot : key.slots) slot.label = world.random.text(6, "abcdefghijklmnop");
        world.store
            .insert(
                {key, {}, {0, world.clock.now(), "operator", "create", key.id, key.domain.text(), "a\nb"}},
                world.clock.now())
            .value();
    }
}

std::vector<std::uint64_t> ids_in(const std::string& text) {
    std::vector<std::uint64_t> ids;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        if (line.starts_with("id: ")) ids.push_back(std::stoull(line.substr(4)));
    }
    return ids;
}

}  // namespace

TEST_CASE("A stream tells the whole log in pieces, then what comes, each event once") {
    ApiWorld world;
    add_events(world, 250);
    api::EventStream stream(world.feed, {});
    std::vector<std::uint64_t> told;
    const auto take = [&] {
        const auto piece = stream.next().value();
        for (const auto id : ids_in(piece.octets)) told.push_back(id);
        return piece.more;
    };
    CHECK(take());
    CHECK(told.size() == 100);
    CHECK(take());
    CHECK_FALSE(take());
    CHECK(told.size() == 250);
    CHECK_FALSE(take());
    add_events(world, 1);
    CHECK_FALSE(take());
    REQUIRE(told.size() == 251);
    for (std::size_t i = 0; i < told.size(); ++i) REQUIRE(told[i] == i + 1);
}

TEST_CASE("Streams that wait for the same events are told the same, however many there were meanwhile") {
    ApiWorld world;
    api::EventStream first(world.feed, {}), second(world.feed, {}), of_key(world.feed, {"k-none", 0, 100});
    CHECK(ids_in(first.next()->octets).empty());
    add_events(world, 2);
    CHECK(ids_in(first.next()->octets).size() == 2);
    add_events(world, 3);
    auto told = ids_in(second.next()->octets);
    for (const auto id : ids_in(second.next()->octets)) told.push_back(id);
    CHECK(told == std::vector<std::uint64_t>{1, 2, 3, 4, 5});
    CHECK(ids_in(of_key.next()->octets).empty());
    CHECK(ids_in(first.next()->octets) == std::vector<std::uint64_t>{3, 4, 5});
}

TEST_CASE("An event is one line, whatever stands in it") {
    ApiWorld world;
    add_events(world, 1);
    api::EventStream stream(world.feed, {});
    const std::string text = stream.next()->octets;
    CHECK(text.starts_with("retry: 2000\n\nid: 1\ndata: {\"number\":1,"));
    CHECK(text.find("a\\nb") != std::string::npos);
    CHECK(text.ends_with("}\n\n"));
}

TEST_CASE("The newest event is found, however many there are") {
    ApiWorld world;
    CHECK(world.feed.newest().value() == 0);
    std::uint64_t all = 0;
    for (const int more : {1, 1, 1, 5, 30, 0, 100}) {
        add_events(world, more);
        all += static_cast<std::uint64_t>(more);
        CHECK(world.feed.newest().value() == all);
    }
    api::EventFeed late(world.store);
    CHECK(late.newest().value() == all);
}

TEST_CASE("A stream for one organisation tells nothing of another") {
    ApiWorld world;
    world.create(R"({"domain": "acme.example", "type": "ed25519", "org": "acme"})");
    world.create(R"({"domain": "initech.example", "type": "ed25519", "org": "initech"})");
    http::Request request;
    request.method = "GET";
    request.headers = {{"authorization", world.bearer({Scope::read}, "acme")},
                       {"accept", "text/event-stream"}};
    http::split_target("/v1/events?after=0", request);
    const auto response = world.router.handle(request);
    REQUIRE(response.stream);
    const std::string own = response.stream->next()->octets;
    CHECK(own.find("acme.example") != std::string::npos);
    CHECK(own.find("initech.example") == std::string::npos);
    // Nor does a page that another reader has just been told.
    request.headers["authorization"] = "Bearer " + std::string(ApiWorld::token);
    CHECK(world.router.handle(request).stream->next()->octets.find("initech.example") != std::string::npos);
    request.headers["authorization"] = world.bearer({Scope::read}, "acme");
    CHECK(world.router.handle(request).stream->next()->octets.find("initech.example") == std::string::npos);
}

TEST_CASE("Streams begin behind the event that the client names, or with the next one") {
    ApiWorld world;
    add_events(world, 3);
    const auto first_told = [&](const std::string& query, const std::string& last) {
        http::Request request;
        request.method = "GET";
        request.headers = {{"authorization", "Bearer " + std::string(ApiWorld::token)},
                           {"accept", "text/event-stream"}};
        if (!last.empty()) request.headers["last-event-id"] = last;
        http::split_target("/v1/events" + query, request);
        const auto response = world.router.handle(request);
        if (!response.stream) return std::to_string(response.status);
        const auto ids = ids_in(response.stream->next()->octets);
        return ids.empty() ? "none" : "behind " + std::to_string(ids.front() - 1);
    };
    CHECK(first_told("", "") == "none");
    CHECK(first_told("?after=0", "") == "behind 0");
    CHECK(first_told("?after=1", "") == "behind 1");
    CHECK(first_told("?after=1", "2") == "behind 2");
    CHECK(first_told("", "x") == "422");
    CHECK(first_told("?after=x", "") == "422");
}

namespace {

http::Response open_stream(ApiWorld& world, const std::string& bearer) {
    http::Request request;
    request.method = "GET";
    request.headers = {{"authorization", bearer}, {"accept", "text/event-stream"}};
    http::split_target("/v1/events?after=0", request);
    return world.router.handle(request);
}

}  // namespace

TEST_CASE("A stream ends with the token that opened it: revoked, or expired") {
    ApiWorld world;
    const auto operators = open_stream(world, "Bearer " + std::string(ApiWorld::token));
    const auto make = [&](const std::string& name, std::optional<Duration> lifetime) {
        return world.tokens->create({name, {Scope::read}, "", lifetime}, {}).value();
    };
    const NewToken revoked = make("revoked", std::nullopt), short_lived = make("short", Duration(60));
    const auto first = open_stream(world, "Bearer " + revoked.secret);
    const auto second = open_stream(world, "bearer " + short_lived.secret);
    REQUIRE(first.stream);
    REQUIRE(second.stream);
    CHECK(first.stream->next());
    CHECK(second.stream->next());
    REQUIRE(world.tokens->revoke(revoked.token.id, {}).has_value());
    CHECK_FALSE(first.stream->next());
    CHECK(second.stream->next());
    world.clock.advance(Duration(60));
    CHECK_FALSE(second.stream->next());
    CHECK(operators.stream->next());
}

TEST_CASE("A token has its share of streams, and gets a place back when one ends") {
    ApiWorld world;
    const std::string theirs = world.bearer({Scope::read}, "acme");
    std::vector<http::Response> open;
    for (int i = 0; i < 64; ++i) open.push_back(open_stream(world, theirs));
    CHECK(open.back().stream);
    const auto refused = open_stream(world, theirs);
    CHECK(refused.status == 503);
    CHECK(refused.body.find("reads 64 streams already") != std::string::npos);
    CHECK(open_stream(world, world.bearer({Scope::read}, "initech")).stream);
    CHECK(open_stream(world, "Bearer " + std::string(ApiWorld::token)).stream);
    open.pop_back();
    CHECK(open_stream(world, theirs).stream);
}

}  // namespace custdkim::test
