#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "lab_world.hpp"

namespace custdkim::lab {

using test::LabWorld;

namespace {

const std::string owner1 = "s1._domainkey.acme.example";
const std::string acme = "/v1/customers/acme.example";

}  // namespace

TEST_CASE("All but the health of the lab needs the token") {
    LabWorld world;
    CHECK(world.ask("GET", "/v1/health", "", "").status == 200);
    const auto target = GENERATE(as<std::string>(), "/v1/misconfigurations", "/v1/customers", "/v1/queries",
                                 "/v1/clock", "/v1/root", acme);
    CHECK(world.ask("GET", target, "", "Bearer wrong").status == 401);
    CHECK(world.ask("GET", "/v1/nothing").status == 404);
    CHECK(world.ask("PATCH", acme).status == 405);
}

TEST_CASE("The misconfigurations are listed and shown as the command line shows them") {
    LabWorld world;
    const auto list = world.json("GET", "/v1/misconfigurations");
    CHECK(list["misconfigurations"].size() == world.catalogue.all().size());
    const auto one = world.json("GET", "/v1/misconfigurations/healthy");
    CHECK(one["id"] == "healthy");
    CHECK(one["flavours"][0]["expect"].contains("txt1"));
    CHECK(world.ask("GET", "/v1/misconfigurations/nonsense").status == 404);
}

TEST_CASE("A customer is set, fixed, shown, listed and removed, and the resolver sees it at once") {
    LabWorld world;
    CHECK(world.look(owner1, type::txt) == "REFUSED");
    const auto set = world.set("acme.example", "not-published");
    CHECK(set["misconfiguration"] == "not-published");
    CHECK(set["selectors"] == nlohmann::json({"s1", "s2"}));
    CHECK(set["targets"][0] == "s1.k1.keys.example.net");
    CHECK(set["cause"].is_string());
    CHECK_THAT(set["fix"].get<std::string>(), Catch::Contains("acme.example") && !Catch::Contains("{"));
    CHECK(world.look(owner1, type::txt) == "NXDOMAIN");
    const auto fixed = world.json("POST", acme + "/fix");
    CHECK(fixed["misconfiguration"] == "healthy");
    CHECK(fixed["cause"].is_null());
    CHECK(world.look(owner1, type::txt) == "NOERROR CNAME TXT");
    CHECK_THAT(world.json("GET", acme)["zone"].get<std::string>(),
               Catch::Contains("s1.k1.keys.example.net."));
    CHECK(world.json("GET", "/v1/customers")["customers"].size() == 1);
    CHECK(world.json("DELETE", acme)["removed"] == true);
    CHECK(world.json("DELETE", acme)["removed"] == false);
    CHECK(world.ask("GET", acme).status == 404);
    CHECK(world.ask("POST", acme + "/fix").status == 404);
}

TEST_CASE("With keep_cache the resolver goes on with what it remembers, until it is flushed") {
    LabWorld world;
    world.set("acme.example", "not-published");
    CHECK(world.look(owner1, type::txt) == "NXDOMAIN");
    world.json("POST", acme + "/fix", R"({"keep_cache": true})");
    CHECK(world.look(owner1, type::txt) == "NXDOMAIN");
    CHECK(world.json("POST", "/v1/cache/flush?name=other.example")["flushed"] == "other.example.");
    CHECK(world.look(owner1, type::txt) == "NXDOMAIN");
    world.json("POST", "/v1/cache/flush?name=ACME.example");
    CHECK(world.look(owner1, type::txt) == "NOERROR CNAME TXT");
    CHECK(world.json("POST", "/v1/cache/flush")["flushed"] == ".");
}

TEST_CASE("Selectors and targets may be named, and then stay with the customer") {
    LabWorld world;
    const auto target = "/v1/customers/none.example";
    const auto refusal = world.ask("PUT", target, R"({"misconfiguration": "healthy"})");
    CHECK(refusal.status == 404);
    CHECK_THAT(refusal.body,
               Catch::Contains("none.example has no key; create one first, or name selectors and targets"));
    CHECK(world.ask("PUT", target, R"({"misconfiguration": "healthy", "selectors": ["a", "b"]})").status ==
          422);
    const auto set = world.json("PUT", target, R"({"misconfiguration": "healthy", "selectors": ["a", "b"],
                                 "targets": ["a.x.keys.example.net.", "b.x.keys.example.net"]})");
    CHECK(set["targets"][0] == "a.x.keys.example.net");
    CHECK(world.look("b._domainkey.none.example", type::txt) == "NOERROR CNAME TXT");
    CHECK(world.set("none.example", "not-published")["selectors"][1] == "b");
    CHECK(world.json("PUT", acme, R"({"misconfiguration": "healthy", "key": "k7"})")["targets"][0] ==
          "s1.k7.keys.example.net");
}

TEST_CASE("The records of a customer are replaced; those that cannot be read change nothing") {
    LabWorld world;
    const auto replaced = world.json(
        "PUT", acme, R"({"misconfiguration": "healthy", "zone": "s1._domainkey TXT \"v=DKIM1; p=mine\"\n"})");
    CHECK(replaced["replaced"] == true);
    CHECK(world.look(owner1, type::txt) == "NOERROR TXT");
    const auto refusal = world.ask(
        "PUT", acme, R"({"misconfiguration": "not-published", "zone": "ok A 192.0.2.1\ns1 CNAME a..b\n"})");
    CHECK(refusal.status == 422);
    CHECK_THAT(refusal.body, Catch::Contains("2"));
    CHECK(world.json("GET", acme)["replaced"] == true);
    CHECK(world.json("GET", acme)["misconfiguration"] == "healthy");
    CHECK(world.look(owner1, type::txt) == "NOERROR TXT");
    CHECK(world
              .ask("PUT", "/v1/customers/new.example",
                   R"({"misconfiguration": "healthy", "zone": "s1 CNAME a..b"})")
              .status == 422);
    CHECK(world.ask("GET", "/v1/customers/new.example").status == 404);
}

TEST_CASE("A zone that cannot be read is refused by the name of its file, and by its line") {
    LabWorld world;
    const auto refusal = [&](const std::string& name) {
        return world
            .ask(
                "PUT", acme,
                R"({"misconfiguration": "healthy", "zone": "ok A 192.0.2.1\ns1 CNAME a..b\n", "zone_name": ")" +
                    name + "\"}")
            .body;
    };
    CHECK_THAT(refusal("/srv/acme.zone"), Catch::Contains("\"/srv/acme.zone:2: "));
    CHECK_THAT(refusal("two\\nlines"), Catch::Contains("'zone_name' must be a file's name"));
    CHECK_THAT(refusal(""), Catch::Contains("'zone_name' must be a file's name"));
}

TEST_CASE("A customer's zone is given out as a file for a real server, conflicts and all") {
    LabWorld world;
    world.set("acme.example", "cname-beside-txt");
    const auto zone = world.ask("GET", acme + "/zone?server=2");
    CHECK(zone.status == 200);
    CHECK_THAT(zone.content_type, Catch::StartsWith("text/dns"));
    CHECK_THAT(zone.body, Catch::Contains("SOA") && Catch::Contains("CNAME") && Catch::Contains("p=old"));
    CHECK(world.ask("GET", acme + "/zone?server=two").status == 422);
    CHECK(world.ask("GET", acme + "/zone?name=two").status == 422);
    CHECK(world.ask("GET", "/v1/customers/new.example/zone").status == 404);
}

TEST_CASE("What cannot be is refused, and says why") {
    LabWorld world;
    const auto row = GENERATE(table<std::string, unsigned, std::string>({
        {R"({"misconfiguration": "nonsense"})", 404, "nonsense"},
        {R"({"misconfiguration": "healthy", "flavour": "nonsense"})", 404, "it has"},
        {R"({})", 400, "lacks 'misconfiguration'"},
        {"", 400, "not a JSON object"},
        {"[1]", 400, "not a JSON object"},
        {R"({"misconfiguration": 5})", 400, "'misconfiguration' must be a string"},
        {R"({"misconfiguration": "healthy", "flavor": "x"})", 400, "no field 'flavor'"},
        {R"({"misconfiguration": "healthy", "keep_cache": "yes"})", 400,
         "'keep_cache' must be true or false"},
        {R"({"misconfiguration": "healthy", "selectors": ["a"], "targets": ["b"]})", 400,
         "a list of two strings"},
        {R"({"misconfiguration": "healthy", "selectors": ["a", "b"], "targets": ["b", "c..d"]})", 400,
         "no name"},
    }));
    const auto refusal = world.ask("PUT", acme, std::get<0>(row));
    INFO(std::get<0>(row));
    CHECK(refusal.status == std::get<1>(row));
    CHECK(refusal.content_type == "application/problem+json");
    CHECK_THAT(refusal.body, Catch::Contains(std::get<2>(row)));
    CHECK(world.ask("GET", acme).status == 404);
    CHECK(world.ask("PUT", "/v1/customers/..", R"({"misconfiguration": "healthy"})").status == 422);
}

TEST_CASE("A primed misconfiguration leaves the resolver with what the zone was before") {
    LabWorld world;
    int primed = 0;
    for (const Misconfiguration& misconfiguration : world.catalogue.all()) {
        if (!misconfiguration.primed) continue;
        ++primed;
        INFO(misconfiguration.id);
        world.set("acme.example", misconfiguration.id);
        CHECK(world.resolver.from_cache(LabWorld::question(owner1, type::cname)));
        const auto look = [&] {
            std::string text = world.look(owner1, type::cname);
            const auto message = world.resolver.resolve(LabWorld::question(owner1, type::cname)).message;
            for (const ResourceRecord& record : message.answer) text += " " + rdata_text(record);
            return text;
        };
        const std::string remembered = look();
        world.resolver.flush();
        CHECK(look() != remembered);
    }
    CHECK(primed > 0);
}

TEST_CASE("The log of questions is listed, cut and cleared by name") {
    LabWorld world;
    world.set("acme.example", "healthy");
    ResolverFace face(world.resolver, world.log, world.clock);
    for (const std::string& owner : {owner1, std::string("acme.example"), std::string("other.example")}) {
        const Bytes octets = write_message(LabWorld::question(owner, type::txt));
        face.answer({octets, Transport::udp, "127.0.0.1:40000", "127.0.0.1"});
    }
    const auto all = world.json("GET", "/v1/queries");
    REQUIRE(all["queries"].size() == 3);
    CHECK(all["forgotten"] == 0);
    CHECK(all["queries"][0] == nlohmann::json({{"at", "2026-01-01T00:00:00Z"},
                                               {"client", "127.0.0.1:40000"},
                                               {"face", "resolver"},
                                               {"name", owner1 + "."},
                                               {"type", "TXT"},
                                               {"transport", "udp"},
                                               {"edns", false},
                                               {"answer", "NOERROR"}}));
    CHECK(all["queries"][2]["answer"] == "REFUSED");
    CHECK(world.json("GET", "/v1/queries?name=acme.example&limit=1")["queries"][0]["name"] ==
          "acme.example.");
    CHECK(world.ask("GET", "/v1/queries?limit=0").status == 422);
    CHECK(world.ask("GET", "/v1/queries?nome=x").status == 422);
    CHECK(world.ask("DELETE", "/v1/queries?limit=1").status == 422);
    CHECK(world.json("DELETE", "/v1/queries?name=acme.example")["cleared"] == 2);
    CHECK(world.json("DELETE", "/v1/queries")["cleared"] == 1);
}

TEST_CASE("The clock is shown and moved, and what the resolver remembers ages with it") {
    LabWorld world;
    world.set("acme.example", "not-published");
    CHECK(world.look(owner1, type::txt) == "NXDOMAIN");
    world.json("POST", acme + "/fix", R"({"keep_cache": true})");
    CHECK(world.json("GET", "/v1/clock") ==
          nlohmann::json({{"now", "2026-01-01T00:00:00Z"}, {"kind", "frozen"}}));
    const auto moved = world.json("POST", "/v1/clock/advance", R"({"by": "25d"})");
    CHECK(moved["now"] == "2026-01-26T00:00:00Z");
    CHECK(moved["steps"] == 0);
    CHECK(world.look(owner1, type::txt) == "NOERROR CNAME TXT");
    for (const std::string body :
         {"", "{}", R"({"by": 25})", R"({"by": "25 days"})", R"({"by": "1d", "to": "x"})"}) {
        CHECK(world.ask("POST", "/v1/clock/advance", body).status == 400);
    }
}

TEST_CASE("What a real resolver needs of the root is told") {
    LabWorld world;
    const auto root = world.json("GET", "/v1/root");
    CHECK_THAT(root["hints"].get<std::string>(), Catch::Contains(world.internet.root_addresses().front()));
    CHECK(root["trust_anchor"] == world.internet.trust_anchor());
    CHECK(root["port"].is_null());
}

TEST_CASE("Customers are independent: many threads set, look at and remove their own") {
    LabWorld world;
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            const std::string domain = "c" + std::to_string(i) + ".example",
                              owner = "s1._domainkey." + domain;
            for (int turn = 0; turn < 10; ++turn) {
                world.set(domain, "not-published");
                wrong += world.look(owner, type::txt) != "NXDOMAIN";
                world.set(domain, "healthy");
                wrong += world.look(owner, type::txt) != "NOERROR CNAME TXT";
                wrong += world.json("DELETE", "/v1/customers/" + domain)["removed"] != true;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
}

}  // namespace custdkim::lab
