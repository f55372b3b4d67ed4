// GET /v1/keys: what is held or fails among many, and domains by how they begin.
#include <catch2/catch.hpp>
#include <set>

#include "api_world.hpp"
#include "keys/rotation_change.hpp"

namespace custdkim::test {

namespace {

using nlohmann::json;
using Ids = std::vector<std::string>;

std::string numbered(int number) {
    const std::string text = std::to_string(100000 + number);
    return text;
}

// Straight into the ledger: thousands of them take no time.
Key enter(ApiWorld& world, int number, const std::string& domain, const std::string& org = "default") {
    Key key = sample_key("k" + numbered(number), {"a" + numbered(number), "b" + numbered(number)});
    key.domain = name(domain);
    key.org = org;
    for (Slot& slot : key.slots) slot.pairs[0].visible_at = new_year();
    REQUIRE(world.ledger.insert({key, {}, {}}).value().status == Insertion::Status::done);
    return world.store.find(key.id).value().value();
}

Key enter(ApiWorld& world, int number) { return enter(world, number, "d" + numbered(number) + ".example"); }

Key activate(ApiWorld& world, const Key& key) {
    return world.ledger.commit(activation_change(key, 0, 1, new_year())).value();
}

// Its next CNAME fails since long before signing should have moved, on day 30.
Key break_next_slot(ApiWorld& world, const Key& key) {
    Change change{activate(world, key), {}, {}, false, {}};
    Pair next = sample_pair(3, key.type, 9);
    next.published_at = next.visible_at = new_year() + std::chrono::days(25);
    Slot& slot = change.key.slots[1];
    slot.pairs.push_back(next);
    slot.check.last = Finding{Outcome::fail, "missing", "", "", new_year() + std::chrono::days(26)};
    slot.check.failing_since = new_year() + std::chrono::days(25);
    slot.check.last_failed_at = new_year() + std::chrono::days(26);
    slot.check.failed_looks = 3;
    return world.ledger.commit(change).value();
}

json get(ApiWorld& world, const std::string& query, const std::string& authorization = "") {
    const auto response = authorization.empty() ? world.ask("GET", "/v1/keys?" + query)
                                                : world.ask("GET", "/v1/keys?" + query, "", authorization);
    INFO(query << ": " << response.body.substr(0, 300));
    REQUIRE(response.status == 200);
    return json::parse(response.body);
}

Ids ids(const json& page) {
    Ids found;
    for (const json& key : page["keys"]) found.push_back(key["id"]);
    return found;
}

// Page by page; every page but the last is full.
Ids all_pages(ApiWorld& world, const std::string& query, std::size_t limit) {
    Ids found;
    std::string after;
    for (;;) {
        const json page = get(world, query + "&limit=" + std::to_string(limit) + after);
        for (const std::string& id : ids(page)) found.push_back(id);
        if (page["next"].is_null()) return found;
        CHECK(page["keys"].size() == limit);
        after = "&after=" + page["next"].get<std::string>();
    }
}

std::string refusal(ApiWorld& world, const std::string& query) {
    const auto response = world.ask("GET", "/v1/keys?" + query);
    CHECK(response.status == 422);
    return json::parse(response.body)["detail"];
}

}  // namespace

TEST_CASE("The keys that are held or fail are on one page, wherever they are among the others") {
    ApiWorld world;
    const std::set<int> broken{40, 90, 129};
    for (int i = 0; i < 130; ++i) {
        const Key key = enter(world, i);
        broken.contains(i) ? break_next_slot(world, key) : activate(world, key);
    }
    const Ids expected{"k100040", "k100090", "k100129"};
    CHECK(ids(get(world, "failing=true&limit=50")) == expected);
    CHECK(ids(get(world, "status=held&limit=50")).empty());  // it is not their turn yet
    CHECK(ids(get(world, "status=active&failing=true&limit=50")) == expected);
    world.clock.advance(std::chrono::days(30));
    const json page = get(world, "status=held&limit=50");
    CHECK(ids(page) == expected);
    CHECK(page["next"].is_null());
    CHECK(ids(get(world, "status=held&failing=true")) == expected);
    CHECK(ids(get(world, "status=held&domain=d100090.example")) == Ids{"k100090"});
    CHECK(ids(get(world, "status=active&failing=true")).empty());
    CHECK(ids(get(world, "status=inactive&failing=true")).empty());
    CHECK(all_pages(world, "status=active", 50).size() == 127);
    CHECK(all_pages(world, "status=held", 1) == expected);
    CHECK(all_pages(world, "failing=true", 2) == expected);
}

TEST_CASE("A page of held keys goes on behind one that is gone, and takes in what is new") {
    ApiWorld world;
    for (int i = 0; i < 6; ++i) break_next_slot(world, enter(world, i));
    world.clock.advance(std::chrono::days(30));
    const json first = get(world, "status=held&limit=2");
    CHECK(ids(first) == Ids{"k100000", "k100001"});
    for (const char* id : {"k100001", "k100003"}) {
        CHECK(world.ask("POST", "/v1/keys/" + std::string(id) + "/revoke").status == 200);
    }
    break_next_slot(world, enter(world, 7));
    const json second = get(world, "status=held&limit=3&after=" + first["next"].get<std::string>());
    CHECK(ids(second) == Ids{"k100002", "k100004", "k100005"});
    CHECK(ids(get(world, "status=held&after=" + second["next"].get<std::string>())) == Ids{"k100007"});
    CHECK(refusal(world, "status=held&after=12").find("'12' is not a cursor") != std::string::npos);
}

TEST_CASE(
    "A held key is found in one request, although thousands are before it, and by its organisation only") {
    ApiWorld world;
    for (int i = 0; i < 10500; ++i) enter(world, i);
    break_next_slot(world, enter(world, 10500, "held.example", "acme"));
    world.clock.advance(std::chrono::days(30));
    CHECK(ids(get(world, "status=held")) == Ids{"k110500"});
    CHECK(ids(get(world, "failing=true&org=acme")) == Ids{"k110500"});
    CHECK(ids(get(world, "failing=true", world.bearer({Scope::read}, "acme"))) == Ids{"k110500"});
    CHECK(ids(get(world, "failing=true", world.bearer({Scope::read}, "other"))).empty());
    // What has no index is looked through, up to a bound.
    const json short_page = get(world, "status=active");
    CHECK(short_page["keys"].empty());
    CHECK_FALSE(short_page["next"].is_null());
}

TEST_CASE("A page of one status is full, however rare the status is") {
    ApiWorld world;
    Ids inactive;
    for (int i = 0; i < 600; ++i) {
        const Key key = enter(world, i);
        if (i % 7 == 5) inactive.push_back(key.id);
        if (i % 7 != 5) activate(world, key);
    }
    for (const std::size_t limit : {1UL, 2UL, 50UL, 1000UL}) {
        CHECK(all_pages(world, "status=inactive", limit) == inactive);
    }
    CHECK(get(world, "status=inactive&limit=50")["keys"].size() == 50);
    const json domains = json::parse(world.ask("GET", "/v1/domains?limit=500").body);
    CHECK(domains["domains"].size() == 500);
}

TEST_CASE("Keys are found by how their domain begins, in the order of the domains") {
    ApiWorld world;
    int number = 0;
    for (int i = 0; i < 60; ++i) enter(world, number++);
    for (const char* domain : {"zeta.example", "acme.example", "acme-b.example", "xn--mller-kva.example",
                               "mail.acme.example", "xn--mller-kva.test"}) {
        enter(world, number, domain, number % 3 == 0 ? "one" : "other");
        ++number;
    }
    const auto found = [&](const std::string& query) {
        std::string domains;
        const json page = get(world, query);
        for (const json& key : page["keys"]) domains += key["domain"].get<std::string>() + " ";
        return domains;
    };
    CHECK(found("search=ac") == "acme-b.example acme.example ");
    CHECK(found("search=ACME.") == "acme-b.example acme.example ");
    CHECK(found("search=acme.ex") == "acme.example ");
    CHECK(found("search=m%C3%BCller.ex") == "xn--mller-kva.example ");
    CHECK(found("search=M%C3%9CL") == "xn--mller-kva.example xn--mller-kva.test ");
    CHECK(found("search=m%C3%B6l").empty());
    CHECK(found("search=m%C3%BC&org=other") == "xn--mller-kva.test ");
    CHECK(found("search=ac&status=active").empty());
    CHECK(found("search=ac&status=inactive") == "acme-b.example acme.example ");
    CHECK(found("search=ac&status=held").empty());
    CHECK(all_pages(world, "search=d1000", 7).size() == 60);
    CHECK(all_pages(world, "search=d10001", 3) == Ids{"k100010", "k100011", "k100012", "k100013", "k100014",
                                                      "k100015", "k100016", "k100017", "k100018", "k100019"});
    CHECK(refusal(world, "search=").find("nothing to search for") != std::string::npos);
    CHECK(refusal(world, "search=a%20b").find("no domain begins with 'a b'") != std::string::npos);
    CHECK(refusal(world, "search=a&domain=acme.example").find("not both") != std::string::npos);
    CHECK(refusal(world, "search=a&after=3").find("not a cursor") != std::string::npos);
}

}  // namespace custdkim::test
