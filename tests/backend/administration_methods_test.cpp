// What PowerDNS keeps with us, where something goes wrong; how it goes well is in tests/transcripts.
#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>
#include <thread>

#include "fixed_world.hpp"

namespace custdkim::test {

namespace {

using nlohmann::json;

const json key = {
    {"flags", 257}, {"active", true}, {"published", true}, {"content", "Private-key-format: v1.2\n"}};
const json zone = "keys.example.org.";

json ask(FixedWorld& world, const std::string& method, const json& parameters) {
    return json::parse(world.answer(json{{"method", method}, {"parameters", parameters}}.dump()));
}

// Changes of every kind, the first of which needs nothing to be there.
const std::vector<std::pair<std::string, json>> changes = {
    {"addDomainKey", {{"name", zone}, {"key", key}}},
    {"setDomainMetadata", {{"name", zone}, {"kind", "X-NOTE"}, {"value", {"x"}}}},
    {"removeDomainKey", {{"name", zone}, {"id", 1}}},
    {"setTSIGKey", {{"name", "t."}, {"algorithm", "hmac-sha256."}, {"content", "AAAA"}}},
};

std::string usual_lookup(int number) {
    return R"({"method": "lookup", "parameters": {"local": "127.0.0.1", "qname": "n)" +
           std::to_string(number) +
           R"(.keys.example.org.", "qtype": "ANY", "real-remote": "127.0.0.1/32", "remote": "127.0.0.1", )"
           R"("zone-id": 2}})";
}

}  // namespace

TEST_CASE("What the store cannot take has no result, never a false one, and changes nothing") {
    FixedWorld world;
    ask(world, changes[0].first, changes[0].second);
    world.store.is_full = true;
    for (const auto& [method, parameters] : changes) {
        CAPTURE(method);
        const json reply = ask(world, method, parameters);
        CHECK_FALSE(reply.contains("result"));
        CHECK((reply["log"][0] == "custdkim: " + method + ": the disk is full"));
    }
    world.store.is_full = false;
    CHECK((ask(world, "getDomainKeys", {{"name", zone}})["result"].size() == 1));
    CHECK((ask(world, "getAllDomainMetadata", {{"name", zone}})["result"] == json::object()));
    CHECK((ask(world, "getTSIGKeys", json::object())["result"] == json::array()));
}

TEST_CASE("Where nothing is kept for PowerDNS there is nothing, and no change has a result") {
    const Zones zones = fixed_zones();
    const auto bare = [&](const std::string& method, const json& parameters) {
        return json::parse(answer(zones, json{{"method", method}, {"parameters", parameters}}.dump()));
    };
    CHECK((bare("getDomainKeys", {{"name", zone}})["result"] == json::array()));
    CHECK((bare("getAllDomainMetadata", {{"name", zone}})["result"] == json::object()));
    CHECK((bare("getTSIGKey", {{"name", "t."}})["result"] == false));
    for (const auto& [method, parameters] : changes) CHECK_FALSE(bare(method, parameters).contains("result"));
}

TEST_CASE("A private key is in no reply but the one that asks for it") {
    FixedWorld world;
    for (const char* flags : {"257", "1"}) {
        const std::string reply = world.answer(
            std::string(
                R"({"method": "addDomainKey", "parameters": {"name": "keys.example.org.", "key": {"flags": )") +
            flags + R"(, "active": true, "content": "Private-key-format: v1.2\nPrivateKey: AAAA\n"}}})");
        CHECK(reply.find("AAAA") == std::string::npos);
    }
    CHECK(world.answer(R"({"method": "getDomainKeys", "parameters": {"name": "keys.example.org."}})")
              .find("AAAA") != std::string::npos);
}

TEST_CASE("A reply that held secrets leaves none of them behind") {
    HeldReply reply;
    reply.hold_secrets(1000);
    reply.text += "a private key";
    const char* const text = reply.text.data();
    reply.clear();
    CHECK(reply.text.empty());
    CHECK(std::string(text, 13) == std::string(13, '\0'));
}

TEST_CASE("Every request is counted under its method, with how it ended and how long it took") {
    using backend::Ending;
    FixedWorld world;
    CHECK(backend::methods()[0].name == "lookup");
    backend::Conversation conversation(world.parts());
    HeldReply reply;
    for (int i = 0; i < 70; ++i) conversation.answer(usual_lookup(i % 3), reply);
    conversation.answer(R"({"method":"lookup","parameters":{"qtype":"SOA","qname":"keys.example.org."}})",
                        reply);
    conversation.answer(R"({"method":"lookup","parameters":{}})", reply);
    conversation.answer(R"({"method":"isMaster","parameters":{}})", reply);
    conversation.answer("this is not JSON", reply);
    const auto lookups = world.counters.read(0);
    CHECK(lookups.asked() == 72);
    CHECK(lookups.with(Ending::answered) == 1);
    CHECK(lookups.with(Ending::empty) == 70);
    CHECK(lookups.with(Ending::failed) == 1);
    CHECK(lookups.took.sum.count() > 0);
    const auto others = world.counters.read(backend::other_methods);
    CHECK(others.with(Ending::empty) == 1);
    CHECK(others.with(Ending::failed) == 1);
    CHECK(world.counters.total().asked() == 74);
    CHECK(world.counters.total().with(Ending::failed) == 2);
}

TEST_CASE("Connections at the same time lose no count") {
    FixedWorld world;
    {
        std::vector<std::jthread> connections;
        for (int i = 0; i < 4; ++i) {
            connections.emplace_back([&] {
                backend::Conversation conversation(world.parts());
                HeldReply reply;
                for (int n = 0; n < 500; ++n) conversation.answer(usual_lookup(n % 3), reply);
            });
        }
    }
    CHECK(world.counters.total().asked() == 2000);
}

TEST_CASE("A reload that fails is told to the operator as text") {
    FixedWorld world;
    world.operations.fails = true;
    CHECK((ask(world, "directBackendCmd", {{"query", "reload"}})["result"] ==
           "reload failed: keys.zone:3: this is no record"));
}

}  // namespace custdkim::test
