#include "keys/nameserver_watch.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stdexcept>

#include "keys/key_record.hpp"
#include "tests/support/sample_keys.hpp"

using namespace custdkim;
using namespace custdkim::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using dns::QuestionType;
using dns::ServerAddress;

namespace {

const dns::Name zone = name("custdkim.example.net");
const ServerAddress first{"192.0.2.1", 53};
const ServerAddress second{"192.0.2.2", 5300};

dns::Answer good_answer() {
    dns::Answer answer;
    answer.authoritative = true;
    return answer;
}

// Name servers that say what they are told to say. They serve one zone.
class FakeServers {
  public:
    struct Server {
        dns::Answer soa = good_answer();
        std::map<dns::Name, dns::Answer> txt;
        bool silent = false;
        unsigned silent_after = 1000000;  // questions for TXT
        unsigned soa_questions = 0, txt_questions = 0;
    };

    explicit FakeServers(const std::vector<ServerAddress>& addresses) {
        for (const ServerAddress& address : addresses) servers[address].soa.serial = 7;
    }

    void serve(const Key& key) {
        for (auto& [address, server] : servers) serve(key, server);
    }
    static void serve(const Key& key, Server& server) {
        for (const Slot& slot : key.slots) {
            dns::Answer& answer = server.txt[name(record_name(key, slot))] = good_answer();
            answer.texts = {slot_record_text(key, slot)};
        }
    }
    // What the server says to the TXT question for the key's first slot.
    dns::Answer& said(const ServerAddress& server, const Key& key) {
        return servers[server].txt[name(record_name(key, key.slots[0]))];
    }

    NameserverWatch::Ask ask() {
        return [this](const ServerAddress& address, const dns::Name& asked, QuestionType type) {
            return answer(address, asked, type);
        };
    }

    std::map<ServerAddress, Server> servers;

  private:
    Result<dns::Answer> answer(const ServerAddress& address, const dns::Name& asked, QuestionType type) {
        const std::lock_guard lock(mutex_);
        Server& server = servers.at(address);
        const bool is_soa = type == QuestionType::soa;
        ++(is_soa ? server.soa_questions : server.txt_questions);
        if (server.silent || server.txt_questions > server.silent_after) {
            return Error{Errc::unavailable, to_string(address) + ": no answer in time"};
        }
        if (is_soa) return server.soa;
        const auto found = server.txt.find(asked);
        if (found != server.txt.end()) return found->second;
        dns::Answer no_such_name = good_answer();
        no_such_name.rcode = 3;
        return no_such_name;
    }

    std::mutex mutex_;
};

struct World {
    SimulatedClock clock{new_year()};
    FakeServers servers{{first, second}};
    NameserverWatch watch{{{zone, {first, second}}}, servers.ask(), clock};
    Key key = sample_key("k1", {"aaaaaa", "bbbbbb"});

    std::vector<Sighting> look() { return watch.look({{&key, &key.slots[0]}, {&key, &key.slots[1]}}); }
    // Why the key's first record is not visible.
    std::string missing() {
        const Sighting sighting = look()[0];
        CHECK(sighting.visible == sighting.missing.empty());
        return sighting.missing;
    }
    // As many keys, served by all.
    std::vector<Key> many_keys(unsigned count) {
        std::vector<Key> keys;
        for (unsigned i = 0; i < count; ++i)
            keys.push_back(sample_key("k", {"x" + std::to_string(10000 + i)}));
        for (const Key& one : keys) servers.serve(one);
        return keys;
    }
};

std::vector<Wanted> first_slots(const std::vector<Key>& keys) {
    std::vector<Wanted> wanted;
    for (const Key& key : keys) wanted.push_back({&key, &key.slots[0]});
    return wanted;
}

std::size_t count_visible(const std::vector<Sighting>& sightings) {
    return static_cast<std::size_t>(
        std::count_if(sightings.begin(), sightings.end(), [](const Sighting& s) { return s.visible; }));
}

}  // namespace

TEST_CASE("A record is visible when every name server serves it") {
    World world;
    world.servers.serve(world.key);
    const auto sightings = world.look();
    REQUIRE(sightings.size() == 2);
    CHECK(sightings[0].visible);
    CHECK(sightings[1].visible);
    CHECK(sightings[0].missing.empty());
    CHECK(world.servers.servers[first].soa_questions == 1);
    CHECK(world.servers.servers[second].txt_questions == 2);
}

TEST_CASE("A record that one name server lacks is not visible, and no other suffers from it") {
    World world;
    world.servers.serve(world.key);
    world.servers.servers[second].txt.erase(name(record_name(world.key, world.key.slots[0])));
    world.servers.servers[second].soa.serial = 6;
    const auto sightings = world.look();
    CHECK_FALSE(sightings[0].visible);
    CHECK(sightings[0].missing == "192.0.2.2:5300: answered NXDOMAIN at serial 6, where others are at 7");
    CHECK(sightings[1].visible);
}

TEST_CASE("Serials are compared as RFC 1982 has it") {
    World world;
    world.servers.servers[first].soa.serial = 4294967295U;
    world.servers.servers[second].soa.serial = 1;
    CHECK_THAT(world.missing(), Contains("at serial 4294967295, where others are at 1"));
}

TEST_CASE("A server that lags behind, but has the record, does not hide it") {
    World world;
    world.servers.serve(world.key);
    world.servers.servers[second].soa.serial = 6;
    CHECK(world.look()[0].visible);
}

TEST_CASE("Only the record itself, alone and with authority, is visible") {
    World world;
    world.servers.serve(world.key);
    dns::Answer& said = world.servers.said(second, world.key);
    const std::string text = said.texts[0];
    const std::string who = "192.0.2.2:5300: ";

    said.texts = {text.substr(0, text.size() - 1)};
    CHECK(world.missing() == who + "has another TXT at serial 7");
    said.texts = {text + " "};
    CHECK(world.missing() == who + "has another TXT at serial 7");
    said.texts = {text, "v=spf1 -all"};
    CHECK(world.missing() == who + "has 2 TXT records at serial 7");
    said.texts = {};
    CHECK(world.missing() == who + "answered that there is no TXT at serial 7");
    said.texts = {text};
    said.authoritative = false;
    CHECK(world.missing() == who + "answered without authority at serial 7");
    said.authoritative = true;
    said.rcode = 2;
    CHECK(world.missing() == who + "answered SERVFAIL at serial 7");
    said.rcode = 0;
    CHECK(world.missing().empty());
}

TEST_CASE("A placeholder is visible as an empty p=, and a pair only in place of it") {
    World world;
    const std::vector<Pair> pairs = world.key.slots[0].pairs;
    world.key.slots[0].pairs.clear();
    world.servers.serve(world.key);
    CHECK(world.servers.said(first, world.key).texts[0].ends_with("p="));
    CHECK(world.look()[0].visible);
    world.key.slots[0].pairs = pairs;
    CHECK_FALSE(world.look()[0].visible);
}

TEST_CASE("Without name servers to ask, all is visible; in a zone that is not configured, nothing") {
    World world;
    NameserverWatch watch({{zone, {}}}, world.servers.ask(), world.clock);
    Key foreign = world.key;
    foreign.zone = name("other.example.net");
    const auto sightings = watch.look({{&world.key, &world.key.slots[0]}, {&foreign, &foreign.slots[0]}});
    CHECK(sightings[0].visible);
    CHECK(sightings[1].missing == "the zone other.example.net is not configured");
    CHECK(world.servers.servers[first].soa_questions == 0);
    CHECK(watch.look({}).empty());
}

TEST_CASE("A server that does not give the SOA is not asked for each TXT") {
    World world;
    world.servers.serve(world.key);
    dns::Answer& soa = world.servers.servers[second].soa;
    const std::string end = " when asked for the SOA of custdkim.example.net";

    soa.rcode = 5;
    CHECK(world.missing() == "192.0.2.2:5300: answered REFUSED" + end);
    soa.rcode = 0;
    soa.authoritative = false;
    CHECK(world.missing() == "192.0.2.2:5300: answered without authority" + end);
    soa.authoritative = true;
    soa.serial.reset();
    CHECK(world.missing() == "192.0.2.2:5300: answered without a record" + end);
    CHECK(world.servers.servers[first].txt_questions + world.servers.servers[second].txt_questions == 0);
    soa.serial = 7;
    CHECK(world.missing().empty());
}

TEST_CASE("A silent server is asked once, then left alone for a while, whatever the clock does") {
    World world;
    world.servers.serve(world.key);
    FakeServers::Server& server = world.servers.servers[second];
    server.silent = true;
    CHECK(world.missing() == "192.0.2.2:5300: no answer in time");
    server.silent = false;
    world.clock.set(new_year() + std::chrono::days(300));
    CHECK(world.missing() == "192.0.2.2:5300: no answer in time");
    CHECK(server.soa_questions == 1);
    CHECK(server.txt_questions == 0);
    world.clock.advance(std::chrono::minutes(1));
    CHECK(world.missing().empty());
}

TEST_CASE("A server that falls silent halfway costs a few questions, not all of them") {
    World world;
    const auto keys = world.many_keys(1000);
    world.servers.servers[second].silent_after = 100;
    const auto sightings = world.watch.look(first_slots(keys));
    const std::size_t visible = count_visible(sightings);
    CHECK(visible == 100);
    CHECK(world.servers.servers[first].txt_questions == 1000);
    CHECK(world.servers.servers[second].txt_questions <= 100 + 3 + 16);
    for (const Sighting& sighting : sightings) {
        if (!sighting.visible) CHECK_THAT(sighting.missing, StartsWith("192.0.2.2:5300: no answer"));
    }
}

TEST_CASE("Many records are looked at, each by its own answers") {
    World world;
    const auto keys = world.many_keys(300);
    for (const unsigned lost : {0U, 17U, 299U})
        world.servers.said(lost == 17 ? first : second, keys[lost]).texts.clear();
    const auto sightings = world.watch.look(first_slots(keys));
    CHECK(count_visible(sightings) == 297);
    CHECK_THAT(sightings[0].missing, StartsWith("192.0.2.2:5300"));
    CHECK_THAT(sightings[17].missing, StartsWith("192.0.2.1:53"));
    CHECK_THAT(sightings[299].missing, StartsWith("192.0.2.2:5300"));
}

TEST_CASE("Questions are in flight together, 16 of them and no more") {
    World world;
    const auto keys = world.many_keys(100);
    std::mutex mutex;
    std::condition_variable more;
    unsigned in_flight = 0, most = 0;
    const NameserverWatch::Ask ask = [&](const ServerAddress& server, const dns::Name& asked,
                                         QuestionType type) {
        if (type == QuestionType::txt) {
            std::unique_lock lock(mutex);
            most = std::max(most, ++in_flight);
            more.notify_all();
            // The first ones wait for each other; if they came one by one, they would wait for ever.
            more.wait_for(lock, std::chrono::minutes(1), [&] { return most >= 16; });
            --in_flight;
        }
        return world.servers.ask()(server, asked, type);
    };
    NameserverWatch watch({{zone, {first, second}}}, ask, world.clock);
    CHECK(count_visible(watch.look(first_slots(keys))) == 100);
    CHECK(most == 16);
}

TEST_CASE("A failure while asking hides the record and harms nothing else") {
    World world;
    world.servers.serve(world.key);
    const NameserverWatch::Ask ask = [&](const ServerAddress& server, const dns::Name& asked,
                                         QuestionType type) {
        if (asked == name(record_name(world.key, world.key.slots[0]))) throw std::runtime_error("no more");
        return world.servers.ask()(server, asked, type);
    };
    NameserverWatch watch({{zone, {first}}}, ask, world.clock);
    const auto sightings = watch.look({{&world.key, &world.key.slots[0]}, {&world.key, &world.key.slots[1]}});
    CHECK(sightings[0].missing == "192.0.2.1:53: no more");
    CHECK(sightings[1].visible);
}
