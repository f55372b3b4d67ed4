// Which addresses may send, and what is said to those that may not.
#include "sending/senders.hpp"

#include <array>
#include <catch2/catch.hpp>

#include "store/memory_store.hpp"
#include "support/sample_keys.hpp"

namespace custdkim::test {

namespace {

struct SendersWorld {
    MemoryStore store;
    SigningIndex index;
    SimulatedClock clock{new_year()};
    SeededRandom random{3};
    Senders senders{{store, store, store}, index, clock, random};
    const Caller operators{"operator", {Scope::admin}};

    SendersWorld() { org("acme"); }

    void org(const std::string& name, bool verifies_users = true) {
        Organisation made{name, "", clock.now()};
        made.verifies_users = verifies_users;
        if (!store.add_organisation(made, {})) store.set_organisation(made, {}).value();
    }
    void activate(const std::string& domain, const std::string& org = "acme",
                  DomainMatch match = DomainMatch::domain_and_subdomains) {
        Key key = sample_key("k-" + domain + org, {"aaaaaa", "bbbbbb"});
        key.domain = name(domain);
        key.org = org;
        key.match = match;
        key.slots[0].pairs[0].signing_since = key.created_at;
        index.note(key);
    }
    static MailAddress at(const std::string& typed) { return read_address(typed).value(); }
    void confirm(const std::string& address, const std::string& org = "acme") {
        senders.confirm(senders.add(at(address), org, operators).value().code, operators).value();
    }
    SenderCheck check(const std::string& address, const std::string& org = "") {
        return senders.check(at(address), org).value();
    }
    std::string why(const std::string& address, const std::string& org = "") {
        const SenderCheck made = check(address, org);
        return (made.allowed ? "yes, " : "no, ") + std::string(to_string(made.reason));
    }
};

}  // namespace

TEST_CASE("An address may send if its domain has an active key and it is confirmed") {
    SendersWorld world;
    CHECK(world.why("news@acme.example") == "no, domain-not-verified");
    world.confirm("news@acme.example");
    CHECK(world.why("news@acme.example") == "no, domain-not-verified");
    world.activate("acme.example");
    CHECK(world.why("News@ACME.example") == "yes, verified");
    CHECK(world.why("other@acme.example") == "no, address-not-verified");
}

TEST_CASE("A key of a parent's domain does not count, though it would sign") {
    SendersWorld world;
    world.activate("acme.example");
    world.confirm("news@mail.acme.example");
    const SenderCheck check = world.check("news@mail.acme.example");
    CHECK_FALSE(check.allowed);
    CHECK(check.reason == SenderReason::domain_not_verified);
    REQUIRE(check.keys.size() == 1);
    CHECK(check.keys[0].domain == "acme.example");
    CHECK(check.detail.find("acme.example has one does not count") != std::string::npos);
    CHECK(check.fix.find("custdkim key create mail.acme.example") != std::string::npos);
}

TEST_CASE("Who has no active key is told which one to activate, or to create one") {
    SendersWorld world;
    Key key = sample_key("k-1", {"aaaaaa", "bbbbbb"});
    key.domain = name("acme.example");
    key.org = "acme";
    std::string fix = "custdkim key create acme.example --org acme";
    SECTION("a pending one") { fix = "custdkim key activate k-1"; }
    SECTION("none that is revoked: it never signs again") { key.revoked_at = world.clock.now(); }
    SECTION("none that is deleted") { key.deleted_at = world.clock.now(); }
    SECTION("none that signs for subdomains only") { key.match = DomainMatch::subdomains; }
    world.store.open_zones(std::array{key.zone}, world.clock.now()).value();
    world.store.insert({key, {}, {}}, world.clock.now()).value();
    CHECK(world.check("news@acme.example", "acme").fix.find(fix) != std::string::npos);
}

TEST_CASE("An organisation can do without confirmed addresses, where its domain has a key") {
    SendersWorld world;
    world.org("acme", false);
    CHECK(world.why("news@acme.example") == "no, domain-not-verified");
    world.activate("acme.example");
    CHECK(world.why("news@acme.example") == "yes, user-verification-off");
    CHECK(world.why("news@mail.acme.example") == "no, domain-not-verified");
    world.confirm("news@acme.example");
    CHECK(world.why("news@acme.example") == "yes, verified");
    world.org("acme", true);
    CHECK(world.why("sales@acme.example") == "no, address-not-verified");
}

TEST_CASE("What one organisation may, another may not") {
    SendersWorld world;
    world.org("initech", false);
    world.activate("acme.example", "acme");
    world.activate("acme.example", "initech");
    CHECK(world.why("news@acme.example", "acme") == "no, address-not-verified");
    CHECK(world.why("news@acme.example", "initech") == "yes, user-verification-off");
    CHECK(world.why("news@acme.example", "nobody") == "no, domain-not-verified");
    CHECK(world.check("news@acme.example").org == "initech");  // one is enough
    REQUIRE(world.check("news@acme.example").keys.size() == 1);
    CHECK(world.check("news@acme.example").keys[0].org == "initech");
}

TEST_CASE("A key that signs for subdomains only does not verify its domain: it signs none of its mail") {
    SendersWorld world;
    world.org("acme", false);
    world.activate("acme.example", "acme", DomainMatch::subdomains);
    world.confirm("news@acme.example");
    CHECK(world.why("news@acme.example") == "no, domain-not-verified");
    CHECK(world.check("news@acme.example").keys.empty());
}

TEST_CASE("All keys that may sign are told, of the organisation that is asked") {
    SendersWorld world;
    world.activate("acme.example");
    world.activate("acme.example", "globex");
    CHECK(world.check("news@acme.example", "acme").keys.size() == 1);
    CHECK(world.check("news@acme.example", "globex").keys.at(0).org == "globex");
}

TEST_CASE("A code confirms once, until it ends or another one is made, and only for its organisation") {
    SendersWorld world;
    const auto first = world.senders.add(world.at("news@acme.example"), "acme", world.operators).value();
    CHECK(first.code.size() == 26);
    CHECK(world.senders.confirm("x", world.operators).error().code == Errc::not_found);
    SECTION("another one") {
        const auto second = world.senders.add(world.at("news@acme.example"), "acme", world.operators).value();
        CHECK(world.senders.confirm(first.code, world.operators).error().code == Errc::not_found);
        CHECK(world.senders.confirm(second.code, world.operators).has_value());
        CHECK(world.senders.confirm(second.code, world.operators).error().code == Errc::not_found);
        CHECK(world.senders.add(world.at("news@acme.example"), "acme", world.operators).error().code ==
              Errc::conflict);
    }
    SECTION("too late") {
        world.clock.advance(code_lifetime);
        CHECK(world.senders.confirm(first.code, world.operators).error().code == Errc::not_found);
    }
    SECTION("just in time") {
        world.clock.advance(code_lifetime - Duration(1));
        const Sender sender = world.senders.confirm(first.code, world.operators).value();
        CHECK(sender.confirmed_at == world.clock.now());
    }
    SECTION("of another organisation") {
        const Caller other{"token:other", {Scope::operate}, "initech"};
        CHECK(world.senders.confirm(first.code, other).error().code == Errc::not_found);
        CHECK(world.senders.confirm(first.code, world.operators).has_value());
    }
}

TEST_CASE("Who is removed may send no more, and the audit log has it all") {
    SendersWorld world;
    world.activate("acme.example");
    world.confirm("news@acme.example");
    CHECK(world.senders.remove(world.at("news@acme.example"), "acme", world.operators).has_value());
    CHECK(world.why("news@acme.example") == "no, address-not-verified");
    CHECK(world.senders.remove(world.at("news@acme.example"), "acme", world.operators).error().code ==
          Errc::not_found);
    std::string told;
    for (const Event& event : world.store.events({}).value()) {
        CHECK(event.actor == "operator");
        CHECK(event.detail == "news@acme.example");
        told += event.action + " ";
    }
    CHECK(told == "sender-add sender-confirm sender-remove ");
}

TEST_CASE("An address of an organisation that is not there is refused") {
    SendersWorld world;
    CHECK(world.senders.add(world.at("news@acme.example"), "nobody", world.operators).error().code ==
          Errc::not_found);
}

}  // namespace custdkim::test
