// Copies of a SQLite store: whole while it is written, and what becomes of them when they are served again.
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <thread>

#include "keys/label_prefix.hpp"
#include "sqlite_file.hpp"
#include "store/schema.hpp"
#include "store/store_copy.hpp"
#include "support/child.hpp"

namespace custdkim::test {

namespace {

// What a descriptor has, in a file with a name.
void save(const Descriptor& copy, const std::filesystem::path& file) {
    std::string octets;
    char piece[65536];
    for (off_t at = 0;;) {
        const ssize_t size = ::pread(copy.get(), piece, sizeof piece, at);
        REQUIRE(size >= 0);
        if (size == 0) break;
        octets.append(piece, static_cast<std::size_t>(size));
        at += size;
    }
    write_file(file, octets);
}

// All rows of all tables, as text, but for notes with these names and the serials where `serials` is false.
std::string dump(const std::filesystem::path& file, const std::string& but_notes, bool serials = true) {
    std::string all;
    for (const char* const table : {"meta", "zone", "issued_label", "key", "slot", "pair", "private_key",
                                    "event", "erased_key", "metadata", "domain_key", "tsig_key"}) {
        const std::string columns = run_sql(
            file, "SELECT group_concat('quote(' || name || ')', ' || '','' || ') FROM pragma_table_info('" +
                      std::string(table) + "')" + (serials ? "" : " WHERE name <> 'serial'"));
        const std::string where =
            std::string(table) == "meta" ? " WHERE name NOT IN (" + but_notes + ")" : "";
        all += std::string(table) + "\n" +
               run_sql(file, "SELECT group_concat(line, char(10)) FROM (SELECT " + columns +
                                 " AS line FROM " + table + where + " ORDER BY line)") +
               "\n";
    }
    return all;
}

Revival revival_at(Timestamp now) {
    Revival revival;
    revival.now = now;
    revival.actor = "restore";
    return revival;
}

std::vector<std::string> names_in(const std::filesystem::path& directory) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

// A store with keys, changes and all kinds of secrets; its copy as a file beside it.
class CopiedStore : public TemporaryDirectory {
  public:
    const std::filesystem::path store = path() / "keys.db", copy = path() / "copy.db",
                                target = path() / "new" / "keys.db";

    CopiedStore() {
        std::filesystem::create_directory(path() / "new");
        SqliteFile world(store);
        for (int i = 0; i < 20; ++i) world.put(numbered_key(i));
        world.erase(world.get(numbered_key(3).id), new_year()).value();
        world.store().set_note("master_key_check", bytes("check")).value();
        world.administration().set_metadata({world.zone().id, "ALLOW-AXFR-FROM", bytes("sealed")}).value();
        serial = world.zone().serial;
        save(world.copy(new_year(7)).value(), copy);
    }
    Serial serial = 0;
};

}  // namespace

TEST_CASE("A copy has all that the store has, and leaves nothing beside it") {
    const CopiedStore world;
    CHECK(dump(world.copy, "'copied_at'") == dump(world.store, "'copied_at'"));
    CHECK(run_sql(world.copy, "PRAGMA integrity_check") == "ok");
    CHECK(run_sql(world.copy, "PRAGMA journal_mode") == "delete");
    CHECK(names_in(world.path()) == std::vector<std::string>{"copy.db", "keys.db", "keys.db.lock", "new"});
    const CopyContents contents = inspect_copy(world.copy).value();
    CHECK(contents.schema == sqlite::newest_schema_version());
    CHECK(contents.keys == 19);
    CHECK(contents.labels == 40);
    CHECK(contents.events == 21);
    CHECK((contents.as_of == new_year(7)));
    REQUIRE(contents.zones.size() == 1);
    CHECK(contents.zones[0].keys == 19);
    CHECK(contents.zones[0].serial == world.serial);
}

TEST_CASE("A copy is of one moment, while keys are inserted as fast as can be") {
    const TemporaryDirectory directory;
    SqliteFile world(directory / "keys.db");
    for (int i = 0; i < 50; ++i) world.put(numbered_key(i));
    std::atomic<bool> enough = false;
    std::atomic<int> inserted = 50;
    std::thread writer([&] {
        for (int i = 50; !enough; ++i, inserted = i) world.put(numbered_key(i));
    });
    for (int round = 0; round < 5; ++round) {
        const int before = inserted;
        save(world.copy().value(), directory / "copy.db");
        const int after = inserted;
        const CopyContents contents = inspect_copy(directory / "copy.db").value();
        CHECK(contents.keys >= static_cast<std::uint64_t>(before));
        CHECK(contents.keys <= static_cast<std::uint64_t>(after) + 1);
        CHECK(contents.labels == 2 * contents.keys);
        CHECK(contents.events == contents.keys);  // a key and its event are one transaction
    }
    enough = true;
    writer.join();
}

TEST_CASE("What a killed copy has left is removed when the store is opened") {
    const TemporaryDirectory directory;
    { SqliteFile world(directory / "keys.db"); }
    write_file(directory / "keys.db.copy", "half of it");
    { SqliteFile world(directory / "keys.db"); }
    CHECK(names_in(directory.path()) == std::vector<std::string>{"keys.db", "keys.db.lock"});
}

TEST_CASE("A store in memory has nothing to copy") {
    MemoryWorld world;
    CHECK(says(world.copy().error(), "in memory only"));
}

TEST_CASE("A copy that is served again is the store as it was, but for what must not be as it was") {
    const CopiedStore world;
    const Timestamp now = new_year() + std::chrono::hours(2);
    const Revived revived = revive_store(world.copy, world.target, revival_at(now)).value();
    CHECK(names_in(world.target.parent_path()) == std::vector<std::string>{"keys.db", "keys.db.lock"});
    CHECK((std::filesystem::status(world.target).permissions() & std::filesystem::perms::all) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    CHECK(run_sql(world.target, "SELECT action || ' ' || actor FROM event ORDER BY number DESC LIMIT 1; ") ==
          "restore restore");
    CHECK(is_newer(revived.contents.zones.at(0).serial, world.serial + 16'000'000));
    {
        SqliteFile served(world.target);
        CHECK(served.zone().serial == revived.contents.zones.at(0).serial);
        CHECK(served.store().private_key(numbered_key(5).id, 1).value() ==
              bytes("sealed " + numbered_key(5).id + " 1"));
        CHECK(label_prefix(restores_in(served.store().note(restores_note).value()).value()) == "1");
        CHECK(revived.label_prefix == "1");
    }
    run_sql(world.target, "DELETE FROM event WHERE action = 'restore'");
    CHECK(dump(world.target, "'copied_at', 'restores'", false) ==
          dump(world.store, "'copied_at', 'restores'", false));
}

TEST_CASE("Restored once more, the serial and the labels move once more") {
    const CopiedStore world;
    const auto second = world.path() / "new" / "second.db";
    const Revived first = revive_store(world.copy, world.target, revival_at(new_year(100))).value();
    const Revived again = revive_store(world.target, second, revival_at(new_year(200))).value();
    CHECK(is_newer(again.contents.zones[0].serial, first.contents.zones[0].serial));
    CHECK(again.label_prefix == "2");
}

TEST_CASE("The serial is above one that was seen, wherever that is") {
    const CopiedStore world;
    for (const Serial seen : {world.serial, world.serial + 3 * (1U << 24), world.serial + (1U << 30)}) {
        Revival revival = revival_at(new_year(100));
        revival.above = seen;
        const auto file = world.path() / ("above" + std::to_string(seen));
        CHECK(is_newer(revive_store(world.copy, file, revival).value().contents.zones[0].serial, seen));
    }
}

TEST_CASE("Nothing is overwritten: not a store, not what is left of one, not one that is served") {
    const CopiedStore world;
    for (const char* const name : {"keys.db", "keys.db-wal", "keys.db-shm", "keys.db-journal"}) {
        const auto there = world.target.parent_path() / name;
        write_file(there, "something");
        const auto refused = revive_store(world.copy, world.target, revival_at(new_year()));
        REQUIRE(refused.has_error());
        CHECK((refused.error().code == Errc::conflict));
        CHECK(says(refused.error(), "there is a store already: " + there.string()));
        CHECK(read_file(there) == "something");
        std::filesystem::remove(there);
    }
    const SqliteFile served(world.store);
    const auto refused = revive_store(world.copy, world.store, revival_at(new_year()));
    CHECK((refused.error().code == Errc::busy));
    CHECK(says(refused.error(), "in use by another custdkim"));
}

TEST_CASE("What is no whole backup of ours is refused, and leaves nothing") {
    const CopiedStore world;
    const auto refused = [&](const std::filesystem::path& file, std::string_view words) {
        const auto outcome = revive_store(file, world.target, revival_at(new_year()));
        REQUIRE(outcome.has_error());
        CHECK(outcome.error().detail.find(words) != std::string::npos);
        CHECK(outcome.error().detail.find(file.filename().string()) != std::string::npos);
        CHECK(names_in(world.target.parent_path()) == std::vector<std::string>{"keys.db.lock"});
    };
    const auto bad = world.path() / "bad.db";
    refused(world.path() / "none.db", "cannot be read");
    refused(world.path(), "is no regular file");
    write_file(bad, "");
    refused(bad, "is empty");
    write_file(bad, "not a database, but long enough to be taken for one by those who only look at the size");
    refused(bad, "is damaged or not a database");
    const std::string whole = read_file(world.copy);
    write_file(bad, whole.substr(0, whole.size() / 2));
    refused(bad, "damaged");
    std::string spoilt = whole;
    for (std::size_t i = spoilt.size() / 2; i < spoilt.size() / 2 + 4096; ++i) spoilt[i] = 'x';
    write_file(bad, spoilt);
    refused(bad, "damaged");
    std::filesystem::copy_file(world.copy, bad, std::filesystem::copy_options::overwrite_existing);
    write_file(world.path() / "bad.db-wal", "changes");
    refused(bad, "has a log beside it");
    std::filesystem::remove(world.path() / "bad.db-wal");
    run_sql(bad, "PRAGMA user_version = 99");
    const auto newer = revive_store(bad, world.target, revival_at(new_year()));
    CHECK(says(newer.error(), "schema version 99"));
    CHECK(names_in(world.target.parent_path()) == std::vector<std::string>{"keys.db.lock"});
}

TEST_CASE("Who asks may refuse, having seen what is in it") {
    const CopiedStore world;
    Revival revival = revival_at(new_year());
    revival.check = [](const CopyContents& contents, const std::optional<Bytes>& check) -> Result<void> {
        CHECK(contents.keys == 19);
        CHECK((check == bytes("check")));
        return refused("not mine");
    };
    CHECK(revive_store(world.copy, world.target, revival).error().detail == "not mine");
    CHECK(names_in(world.target.parent_path()) == std::vector<std::string>{"keys.db.lock"});
}

}  // namespace custdkim::test
