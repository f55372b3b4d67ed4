// Contract of every store: addresses that may send, and what organisations say about them.
#include <catch2/catch.hpp>

#include "each_store.hpp"

namespace custdkim::test {

namespace {

Sender sender_of(const std::string& address, const std::string& org = "acme") {
    Sender sender;
    sender.org = org;
    sender.address = address;
    sender.domain = address.substr(address.find('@') + 1);
    sender.added_at = new_year(1);
    sender.code = sha256(address + org);
    sender.code_ends_at = new_year(100);
    return sender;
}

Event told(const std::string& action) {
    return {0, new_year(), "operator", action, "", "acme.example", "because", "acme"};
}

template <typename TestType>
SenderStore& with_orgs(TestType& world) {
    for (const char* org : {"acme", "initech"}) world.access().add_organisation({org, "", {}}, {}).value();
    return world.senders();
}

std::vector<std::string> addresses(const SenderPage& page) {
    std::vector<std::string> list;
    for (const Sender& sender : page.senders) list.push_back(sender.address);
    return list;
}

using Addresses = std::vector<std::string>;

}  // namespace

TEMPLATE_TEST_CASE("A sender is kept as it is given, with the event, and found by its address or its code",
                   "", EACH_STORE) {
    TestType world;
    SenderStore& store = with_orgs(world);
    Sender sender = sender_of("news@acme.example");
    REQUIRE(store.put_sender(sender, told("sender-add")).has_value());
    CHECK((store.sender("acme", "news@acme.example").value() == sender));
    CHECK_FALSE(store.sender("initech", "news@acme.example").value());
    CHECK((store.sender_with_code(*sender.code).value() == sender));
    sender.confirmed_at = new_year(5);
    sender.code.reset();
    REQUIRE(store.put_sender(sender, told("sender-confirm")).has_value());
    CHECK((store.sender("acme", "news@acme.example").value() == sender));
    CHECK_FALSE(store.sender_with_code(sha256("news@acme.exampleacme")).value());
    CHECK(store.senders({}).value().senders.size() == 1);
    const auto events = world.store().events({}).value();
    REQUIRE(events.size() == 2);
    CHECK(events[1].action == "sender-confirm");
}

TEMPLATE_TEST_CASE("A sender of no organisation is refused, with its event; so is removing what is not there",
                   "", EACH_STORE) {
    TestType world;
    SenderStore& store = with_orgs(world);
    CHECK(store.put_sender(sender_of("a@b.example", "nobody"), told("sender-add")).error().code ==
          Errc::not_found);
    CHECK(store.remove_sender("acme", "a@b.example", told("sender-remove")).error().code == Errc::not_found);
    CHECK(world.store().events({}).value().empty());
    REQUIRE(store.put_sender(sender_of("a@b.example"), {}).has_value());
    CHECK(store.remove_sender("acme", "a@b.example", told("sender-remove")).has_value());
    CHECK_FALSE(store.sender("acme", "a@b.example").value());
}

TEMPLATE_TEST_CASE("Senders are listed oldest first, in pages, by organisation, domain and state", "",
                   EACH_STORE) {
    TestType world;
    SenderStore& store = with_orgs(world);
    for (int i = 0; i < 8; ++i) {
        Sender sender = sender_of(std::to_string(i) + (i < 4 ? "@acme.example" : "@b.example"),
                                  i % 2 == 0 ? "acme" : "initech");
        if (i % 4 == 0) {
            sender.confirmed_at = new_year(2);
            sender.code.reset();
        }
        REQUIRE(store.put_sender(sender, {}).has_value());
    }
    CHECK(store.senders({}).value().senders.size() == 8);
    CHECK(addresses(store.senders({"acme"}).value()) ==
          Addresses{"0@acme.example", "2@acme.example", "4@b.example", "6@b.example"});
    CHECK(addresses(store.senders({"acme", "b.example"}).value()) == Addresses{"4@b.example", "6@b.example"});
    CHECK(addresses(store.senders({"", "b.example", true}).value()) == Addresses{"4@b.example"});
    CHECK(addresses(store.senders({"acme", "", false}).value()) ==
          Addresses{"2@acme.example", "6@b.example"});
    const SenderPage first = store.senders({"acme", "", {}, "", 3}).value();
    CHECK(first.senders.size() == 3);
    REQUIRE(store.put_sender(sender_of("9@acme.example"), {}).has_value());
    const SenderPage second = store.senders({"acme", "", {}, first.next, 3}).value();
    CHECK(addresses(second) == Addresses{"6@b.example", "9@acme.example"});
    CHECK(second.next.empty());
    CHECK(store.senders({"", "", {}, "x"}).error().code == Errc::invalid);
}

TEMPLATE_TEST_CASE("Senders go with their organisation", "", EACH_STORE) {
    TestType world;
    SenderStore& store = with_orgs(world);
    REQUIRE(store.put_sender(sender_of("a@b.example"), {}).has_value());
    REQUIRE(store.put_sender(sender_of("a@b.example", "initech"), {}).has_value());
    REQUIRE(world.access().remove_organisation("acme", {}, new_year()).has_value());
    CHECK(store.senders({}).value().senders.size() == 1);
}

TEMPLATE_TEST_CASE("What an organisation says is changed, with the event, and nothing else of it", "",
                   EACH_STORE) {
    TestType world;
    with_orgs(world);
    Organisation acme = world.access().organisation("acme").value().value();
    CHECK(acme.verifies_users);
    CHECK(acme.unsigned_mail == UnsignedMail::reject);
    acme.description = "Acme Ltd.";
    acme.verifies_users = false;
    acme.unsigned_mail = UnsignedMail::pass;
    Organisation meant = acme;
    meant.created_at = new_year(77);
    REQUIRE(world.access().set_organisation(meant, told("org-change")).has_value());
    CHECK((world.access().organisation("acme").value() == acme));
    CHECK(world.store().events({}).value().size() == 1);
    CHECK(world.access().set_organisation({"nobody", "", {}}, told("org-change")).error().code ==
          Errc::not_found);
    CHECK(world.store().events({}).value().size() == 1);
}

}  // namespace custdkim::test
