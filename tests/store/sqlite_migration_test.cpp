// Stores of older versions are brought up to date, with nothing lost.
#include <catch2/catch.hpp>

#include "sqlite_file.hpp"
#include "store/schema.hpp"
#include "tests/support/source_dir.hpp"

namespace custdkim::test {

namespace {

const std::vector<dns::Name> both_zones = {our_zone, name("keys.example.org")};

void make_version_1(const std::filesystem::path& file) {
    run_sql(file, read_file(source_dir() + "/tests/store/version_1.sql"));
}

// The keys that custdkim 0.1.0 had written: unsigned, of another zone, active, deleted.
std::vector<Key> version_1_keys() {
    Key plain = sample_key("k1", {"aaaaaa", "bbbbbb"}, KeyType::rsa_2048);
    plain.match = DomainMatch::domain_and_subdomains;
    plain.org = "Ä'; -- \"";
    Key other = key_of("b.example", "k2", {"cccccc", "dddddd"});
    other.zone = both_zones[1];
    Key active = key_of("c.example", "k3", {"eeeeee", "ffffff"});
    active.version = 2;
    active.activated_at = new_year(10);
    active.slots[0].pairs[0].visible_at = new_year(9);
    active.slots[0].pairs[0].signing_since = new_year(10);
    Key deleted = key_of("d.example", "k4", {"gggggg", "hhhhhh"});
    deleted.version = 2;
    deleted.activated_at = new_year(20);
    deleted.deleted_at = new_year(30);
    deleted.slots[1].pairs[0].signing_since = new_year(20);
    deleted.slots[1].pairs[0].retired_at = new_year(30);
    return {plain, other, active, deleted};
}

void undo_version_5(const std::filesystem::path& file) {
    run_sql(file,
            "DROP TABLE sender; DROP TABLE organisation; DROP INDEX key_org; DROP INDEX key_org_domain; "
            "ALTER TABLE event DROP COLUMN org;"
            "DROP TABLE token; DROP TABLE idempotency_key; PRAGMA user_version = 4");
}

std::string version_of(const std::filesystem::path& file) { return run_sql(file, "PRAGMA user_version"); }

}  // namespace

TEST_CASE("A store of version 1 is migrated and has all its keys, secrets, zones and labels") {
    const TemporaryDirectory directory;
    const std::filesystem::path file = directory / "keys.db";
    make_version_1(file);
    REQUIRE(version_of(file) == "1");
    for (int times = 0; times < 2; ++times) {
        const auto store = SqliteStore::open(file).value();
        CHECK(version_of(file) == std::to_string(sqlite::newest_schema_version()));
        const auto zones = store->open_zones(both_zones, new_year()).value();
        CHECK(zones[0].id == 1);
        CHECK(zones[0].serial == new_year(40).time_since_epoch().count());
        CHECK(zones[1].id == 2);
        CHECK(zones[1].serial == new_year(3).time_since_epoch().count());
        auto expected = version_1_keys();
        for (Slot& slot : expected[3].slots) slot.pairs[0].destroyed_at = new_year(30);  // with their key
        CHECK((store->list({}).value().keys == expected));
        for (const Key& key : version_1_keys()) {
            for (const auto& secret : secrets_of(key)) {
                const auto kept = store->private_key(key.id, secret.pair).value();
                CHECK(kept.has_value() == !key.deleted_at);
                if (kept) CHECK(*kept == secret.sealed);
            }
        }
        CHECK(store->note("master_key_check").value() == bytes("a check of the master key"));
        CHECK(store->events({}).value().empty());
        for (const char* label : {"gone01", "gone02", "aaaaaa", "hhhhhh"}) {
            const Key again = key_of("again.example", "again", {label});
            const auto refused = store->insert({again, {}, event_of(again, "create")}, new_year()).value();
            CHECK(refused.status == Insertion::Status::label_taken);
        }
    }
}

TEST_CASE("A migrated store takes changes, erasures and keys as a new one does") {
    const TemporaryDirectory directory;
    make_version_1(directory / "keys.db");
    const auto store = SqliteStore::open(directory / "keys.db").value();
    store->open_zones(both_zones, new_year()).value();
    Change change = change_to(version_1_keys()[2], {1});
    change.key.rotation_requested_at = new_year(50);
    change.key.slots[0].pairs[0].destroyed_at = new_year(50);
    change.key.slots[1].check.last =
        Finding{Outcome::fail, "no-cname", "NXDOMAIN", "publish it", new_year(50)};
    CHECK(store->commit({&change, 1}, new_year(50)).value()[0].done);
    ++change.key.version;
    CHECK((store->find("k3").value() == change.key));
    CHECK_FALSE(store->private_key("k3", 1).value());
    const Key deleted = store->find("k4").value().value();
    CHECK(store->erase(deleted, event_of(deleted, "withdraw"), new_year(60)).has_value());
    const Key added = numbered_key(1);
    const auto done =
        store->insert({added, secrets_of(added), event_of(added, "create")}, new_year(70)).value();
    CHECK(done.status == Insertion::Status::done);
    CHECK(store->events({"k3"}).value().size() == 1);
    CHECK(store->events({"k4"}).value().size() == 1);
    CHECK(store->count_keys().value() == 4);
}

TEST_CASE("A store of version 3 gets room for what PowerDNS keeps with us and loses nothing") {
    const TemporaryDirectory directory;
    const std::filesystem::path file = directory / "keys.db";
    {
        SqliteFile world(file);
        world.put(sample_key("k1", {"aaaaaa"}));
    }
    undo_version_5(file);
    run_sql(file, "DROP TABLE metadata; DROP TABLE domain_key; DROP TABLE tsig_key; PRAGMA user_version = 3");
    for (int times = 0; times < 2; ++times) {
        const auto store = SqliteStore::open(file).value();
        CHECK(version_of(file) == std::to_string(sqlite::newest_schema_version()));
        CHECK(store->count_keys().value() == 1);
        CHECK(store->all_metadata().value().size() == static_cast<std::size_t>(times));
        CHECK(store->all_domain_keys().value().size() == static_cast<std::size_t>(times));
        CHECK(store->all_tsig_keys().value().size() == static_cast<std::size_t>(times));
        CHECK(store->set_metadata({1, "ALSO-NOTIFY", bytes("one")}).has_value());
        CHECK(store->add_domain_key({0, 1, 257, true, true, bytes("key")}).value() == times + 1U);
        CHECK(store->set_tsig_key({"transfer", "hmac-sha256", bytes("secret")}).has_value());
    }
}

TEST_CASE("A store of version 4 knows the organisations of its keys, and whose its events are") {
    const TemporaryDirectory directory;
    const std::filesystem::path file = directory / "keys.db";
    {
        SqliteFile world(file);
        for (const auto& [id, org] : {std::pair{"k1", "acme"}, {"k2", "initech"}, {"k3", "acme"}}) {
            Key key = key_of(std::string(id) + ".example", id, {std::string("aaaa") + id});
            key.org = org;
            key.created_at = new_year(id[1] - '0');
            world.put(key);
        }
        REQUIRE(world.erase(world.get("k2")).has_value());
    }
    undo_version_5(file);
    const auto store = SqliteStore::open(file).value();
    CHECK((store->organisations("", 10).value() ==
           std::vector<Organisation>{{"acme", "", new_year(1)}}));  // nothing is left of the other one
    CHECK(store->count_keys_of("acme").value() == 2);
    std::vector<std::string> orgs;
    for (const Event& event : store->events({}).value()) orgs.push_back(event.org);
    CHECK(orgs == std::vector<std::string>{"acme", "", "acme", ""});
}

TEST_CASE("A migration that fails leaves the store at its version") {
    const TemporaryDirectory directory;
    const std::filesystem::path file = directory / "keys.db";
    make_version_1(file);
    run_sql(file, "CREATE TABLE erased_key (somebody TEXT)");  // in the way of the last statement
    const std::string before = run_sql(file, "SELECT group_concat(sql) FROM sqlite_schema");
    CHECK(SqliteStore::open(file).has_error());
    CHECK(version_of(file) == "1");
    CHECK(run_sql(file, "SELECT group_concat(sql) FROM sqlite_schema") == before);
    run_sql(file, "DROP TABLE erased_key");
    CHECK(SqliteStore::open(file).value()->count_keys().value() == 4);
}

}  // namespace custdkim::test
