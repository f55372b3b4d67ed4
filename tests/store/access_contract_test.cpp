// Contract of every store: bearer tokens, and organisations.
#include <catch2/catch.hpp>

#include "each_store.hpp"

namespace custdkim::test {

namespace {

Token token_of(const std::string& id, const std::string& org = "") {
    Token token;
    token.id = id;
    token.name = "name of " + id;
    token.digest.fill(static_cast<std::uint8_t>(id.back()));
    token.scopes = {Scope::read, Scope::sign};
    token.org = org;
    token.created_at = new_year(1);
    token.expires_at = new_year(90);
    return token;
}

Event told(const std::string& action, const std::string& org = "") {
    return {0, new_year(), "token:ann", action, "", "", "because", org};
}

Key key_of_org(const std::string& id, const std::string& org, const std::string& domain = "acme.example") {
    Key key = sample_key(id, {id + "a", id + "b"});
    key.domain = name(domain);
    key.slots[0].selector = id + "1";
    key.slots[1].selector = id + "2";
    key.org = org;
    return key;
}

std::vector<std::string> names(const std::vector<Organisation>& organisations) {
    std::vector<std::string> names;
    for (const Organisation& organisation : organisations) names.push_back(organisation.name);
    return names;
}

using Names = std::vector<std::string>;

Errc code(const Result<void>& done) { return done ? Errc::internal : done.error().code; }

}  // namespace

TEMPLATE_TEST_CASE("Tokens are kept as they are given, oldest first, with the event", "", EACH_STORE) {
    TestType world;
    CHECK(world.access().tokens().value().empty());
    REQUIRE(world.access().add_organisation({"acme", "", new_year()}, {}).has_value());
    const Token second = token_of("t2", "acme"), first = token_of("t1");
    REQUIRE(world.access().put_token(second, told("token-create", "acme")).has_value());
    REQUIRE(world.access().put_token(first, {}).has_value());
    CHECK((world.access().tokens().value() == std::vector<Token>{second, first}));
    const auto events = world.store().events({}).value();
    REQUIRE(events.size() == 1);
    Event expected = told("token-create", "acme");
    expected.number = events[0].number;
    CHECK((events[0] == expected));
}

TEMPLATE_TEST_CASE("A token that is put again keeps all but when it was used and revoked", "", EACH_STORE) {
    TestType world;
    Token token = token_of("t1");
    REQUIRE(world.access().put_token(token, {}).has_value());
    Token changed = token;
    changed.name = "another";
    changed.scopes = {Scope::admin};
    changed.last_used_at = token.last_used_at = new_year(5);
    changed.revoked_at = token.revoked_at = new_year(6);
    REQUIRE(world.access().put_token(changed, {}).has_value());
    CHECK((world.access().tokens().value() == std::vector<Token>{token}));
    REQUIRE(world.access().forget_token("t1").has_value());
    CHECK(world.access().forget_token("t1").has_value());
    CHECK(world.access().tokens().value().empty());
}

TEMPLATE_TEST_CASE("A token of an organisation that is not there is refused, with its event", "",
                   EACH_STORE) {
    TestType world;
    CHECK(code(world.access().put_token(token_of("t1", "acme"), told("token-create"))) == Errc::not_found);
    CHECK(world.access().tokens().value().empty());
    CHECK(world.store().events({}).value().empty());
}

TEMPLATE_TEST_CASE("An organisation is there from its first key on, or from before", "", EACH_STORE) {
    TestType world;
    const Organisation acme{"acme", "Acme Ltd.", new_year(1)};
    REQUIRE(world.access().add_organisation(acme, told("org-create", "acme")).has_value());
    CHECK(code(world.access().add_organisation({"acme", "Another", new_year(2)}, told("org-create"))) ==
          Errc::conflict);
    world.put(key_of_org("k1", "acme"), new_year(3));
    world.put(key_of_org("k2", "initech"), new_year(4));
    world.put(key_of_org("k3", "initech"), new_year(5));
    CHECK((world.access().organisation("acme").value() == acme));
    CHECK((world.access().organisation("initech").value() == Organisation{"initech", "", new_year(4)}));
    CHECK_FALSE(world.access().organisation("ACME").value());
    CHECK(world.access().count_keys_of("acme").value() == 1);
    CHECK(world.access().count_keys_of("initech").value() == 2);
    CHECK(world.access().count_keys_of("nobody").value() == 0);
    CHECK(world.store().events({}).value()[0].org == "acme");
}

TEMPLATE_TEST_CASE("Organisations are listed by name, page by page", "", EACH_STORE) {
    TestType world;
    for (const char* each : {"d", "b", "a", "c"}) {
        REQUIRE(world.access().add_organisation({each, "", new_year()}, {}).has_value());
    }
    CHECK(names(world.access().organisations("", 100).value()) == Names{"a", "b", "c", "d"});
    CHECK(names(world.access().organisations("", 2).value()) == Names{"a", "b"});
    CHECK(names(world.access().organisations("b", 2).value()) == Names{"c", "d"});
    CHECK(names(world.access().organisations("bb", 1).value()) == Names{"c"});
    CHECK(world.access().organisations("d", 1).value().empty());
}

TEMPLATE_TEST_CASE("An organisation goes only without keys and without tokens that work", "", EACH_STORE) {
    TestType world;
    AccessStore& access = world.access();
    world.put(key_of_org("k1", "acme"));
    CHECK(code(access.remove_organisation("acme", told("org-delete"), new_year(1))) == Errc::conflict);
    REQUIRE(world.erase(world.get("k1")).has_value());
    Token token = token_of("t1", "acme");
    REQUIRE(access.put_token(token, {}).has_value());
    CHECK(code(access.remove_organisation("acme", told("org-delete"), new_year(89))) == Errc::conflict);
    CHECK(access.organisation("acme").value());
    SECTION("once they are expired") {
        CHECK(access.remove_organisation("acme", told("org-delete"), new_year(90)).has_value());
    }
    SECTION("or revoked") {
        token.revoked_at = new_year(2);
        REQUIRE(access.put_token(token, {}).has_value());
        CHECK(access.remove_organisation("acme", told("org-delete"), new_year(2)).has_value());
    }
    CHECK_FALSE(access.organisation("acme").value());
    CHECK(code(access.remove_organisation("acme", told("org-delete"), new_year(91))) == Errc::not_found);
    CHECK(world.store().events({}).value().back().action == "org-delete");
    CHECK(world.store().events({}).value().size() == 3);
}

TEMPLATE_TEST_CASE("A list of one organisation has its keys only, in pages, and of one domain", "",
                   EACH_STORE) {
    TestType world;
    for (int i = 0; i < 9; ++i) {
        const std::string id = "k" + std::to_string(i);
        world.put(key_of_org(id, i % 3 == 0 ? "acme" : "initech", i < 6 ? "acme.example" : "b.example"));
    }
    KeyFilter filter;
    filter.org = "acme";
    CHECK(ids(world.store().list(filter).value().keys) == Ids{"k0", "k3", "k6"});
    filter.limit = 2;
    const KeyPage page = world.store().list(filter).value();
    CHECK(ids(page.keys) == Ids{"k0", "k3"});
    filter.after = page.next;
    const KeyPage last = world.store().list(filter).value();
    CHECK(ids(last.keys) == Ids{"k6"});
    CHECK(last.next.empty());
    filter = {name("acme.example"), "", 100, "initech"};
    CHECK(ids(world.store().list(filter).value().keys) == Ids{"k1", "k2", "k4", "k5"});
    filter.org = "nobody";
    CHECK(world.store().list(filter).value().keys.empty());
    filter.domain.reset();
    CHECK(world.store().list(filter).value().keys.empty());
}

TEMPLATE_TEST_CASE("A key's events have its organisation, and keep it when the key is gone", "", EACH_STORE) {
    TestType world;
    world.put(key_of_org("k1", "acme"));
    Change change = change_to(world.get("k1"));
    change.also = {event_of(change.key, "warning")};
    REQUIRE(world.commit(change).done);
    REQUIRE(world.erase(world.get("k1")).has_value());
    const auto events = world.store().events({}).value();
    REQUIRE(events.size() == 4);
    for (const Event& event : events) CHECK(event.org == "acme");
}

}  // namespace custdkim::test
