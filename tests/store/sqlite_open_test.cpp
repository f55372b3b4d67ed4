// The SQLite store's file: it outlives the store, belongs to one process at a time, and strange files are
// left as they are.
#include <catch2/catch.hpp>

#include "sqlite_file.hpp"
#include "store/open_store.hpp"
#include "store/schema.hpp"
#include "support/child.hpp"

namespace custdkim::test {

namespace {

void make_store(const std::filesystem::path& file, int keys = 1) {
    SqliteFile world(file);
    for (int i = 0; i < keys; ++i) world.put(numbered_key(i));
}

}  // namespace

TEST_CASE("All that a SQLite store acknowledged is there when it is opened again") {
    const TemporaryDirectory directory;
    const Key key = sample_key("k1", {"aaaaaa", "bbbbbb"}, KeyType::rsa_2048);
    Serial serial = 0;
    std::uint32_t id = 0;
    {
        SqliteFile world(directory / "keys.db");
        world.put(sample_key("k0", {"cccccc", "dddddd"}));
        world.erase(world.get("k0"), new_year()).value();
        serial = world.put(key);
        id = world.zone().id;
        world.store().set_note("master_key_check", bytes("check")).value();
    }
    SqliteFile world(directory / "keys.db");
    CHECK((world.get("k1") == key));
    CHECK(world.store().private_key("k1", 2).value() == bytes("sealed k1 2"));
    CHECK(world.zone().id == id);
    CHECK(world.zone().serial == serial);
    CHECK(world.store().note("master_key_check").value() == bytes("check"));
    const Key again = key_of("b.example", "k2", {"cccccc"});
    CHECK(world.insert(again).value().status == Insertion::Status::label_taken);
    CHECK(world.put(key_of("b.example", "k2", {"eeeeee"}), Timestamp{}) == serial + 1);
}

TEST_CASE("A closed SQLite store is one file and its lock") {
    const TemporaryDirectory directory;
    make_store(directory / "keys.db");
    const auto files = read_files(directory.path());
    CHECK(files.size() == 2);
    CHECK(files.contains("keys.db"));
    CHECK(files.contains("keys.db.lock"));
}

TEST_CASE("A SQLite store is not opened twice in one process") {
    const TemporaryDirectory directory;
    const SqliteFile world(directory / "keys.db");
    const auto second = SqliteStore::open(directory / "keys.db");
    REQUIRE(second.has_error());
    CHECK(second.error().code == Errc::busy);
    CHECK(says(second.error(), "(pid " + std::to_string(::getpid()) + ")"));
    CHECK(says(second.error(), (directory / "keys.db").string()));
}

TEST_CASE("A SQLite store is not opened while another process has it and is when that has gone") {
    const TemporaryDirectory directory;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    Descriptor waits(ends[0]), until(ends[1]);
    Child child([&](auto say) {
        until = Descriptor();  // so that reading ends when the parent lets go of its copy
        const SqliteFile world(directory / "keys.db");
        say("open");
        char nothing = 0;
        if (::read(waits.get(), &nothing, 1) != 0) ::_exit(1);
    });
    REQUIRE(child.hear(4) == "open");
    const auto second = SqliteStore::open(directory / "keys.db");
    REQUIRE(second.has_error());
    CHECK(second.error().code == Errc::busy);
    CHECK(says(second.error(), "(pid " + std::to_string(child.pid()) + ")"));

    SECTION("in peace") {
        until = Descriptor();
        child.wait();
    }
    SECTION("by kill -9") { child.kill(); }
    CHECK(SqliteStore::open(directory / "keys.db").has_value());
}

TEST_CASE("A SQLite store that a newer custdkim has written is refused and left as it was") {
    const TemporaryDirectory directory;
    make_store(directory / "keys.db", 10);
    const std::string newer = std::to_string(sqlite::newest_schema_version() + 1);
    run_sql(directory / "keys.db", "PRAGMA user_version = " + newer);
    const auto before = read_files(directory.path());
    const Error refused = first_error(directory / "keys.db");
    CHECK(refused.code == Errc::conflict);
    CHECK(says(refused, "schema version " + newer));
    CHECK(says(refused, "run the newer custdkim"));
    auto after = read_files(directory.path());
    after["keys.db.lock"] = before.at("keys.db.lock");
    CHECK((after == before));
}

TEST_CASE("A database of another program is refused and left as it was") {
    const TemporaryDirectory directory;
    const std::filesystem::path file = directory / "theirs.db";
    const std::string theirs = GENERATE("CREATE TABLE tune (name TEXT)",                           //
                                        "CREATE TABLE tune (name TEXT); PRAGMA user_version = 1",  //
                                        "PRAGMA user_version = 3",
                                        "PRAGMA application_id = 7;"                               //
                                        "CREATE TABLE tune (name TEXT); PRAGMA user_version = 1",  //
                                        "PRAGMA journal_mode = WAL; CREATE TABLE tune (name TEXT)");
    run_sql(file, theirs);
    const std::string before = read_file(file);
    const Error refused = first_error(file);
    CHECK(refused.code == Errc::corrupt);
    CHECK(says(refused, "not one of custdkim's"));
    const bool untouched = read_file(file) == before;
    CHECK(untouched);
    CHECK_FALSE(std::filesystem::exists(directory / "theirs.db-journal"));
}

TEST_CASE("An empty file becomes a new SQLite store") {
    const TemporaryDirectory directory;
    write_file(directory / "keys.db", "");
    make_store(directory / "keys.db");
    CHECK(SqliteFile(directory / "keys.db").count() == 1);
}

TEST_CASE("A directory or a missing directory in place of a SQLite store gets a sentence") {
    const TemporaryDirectory directory;
    std::filesystem::create_directory(directory / "keys.db");
    for (const auto& file : {directory / "keys.db", directory / "missing/keys.db"}) {
        const Error refused = first_error(file);
        CHECK(refused.code == Errc::unavailable);
        CHECK(says(refused, "check that its directory exists and may be written by this user"));
    }
}

TEST_CASE("The lock of a SQLite store is not taken through a symbolic link") {
    const TemporaryDirectory directory;
    write_file(directory / "precious", "precious");
    std::filesystem::create_symlink(directory / "precious", directory / "keys.db.lock");
    CHECK(first_error(directory / "keys.db").code == Errc::unavailable);
    CHECK(read_file(directory / "precious") == "precious");
}

TEST_CASE("Store URLs name the memory store or a SQLite file and nothing else") {
    const TemporaryDirectory directory;
    const std::string file = "sqlite:" + (directory / "keys.db").string();
    CHECK(check_store_url("memory:").has_value());
    CHECK(check_store_url(file).has_value());
    CHECK(open_store("memory:").has_value());
    CHECK(open_store(file).has_value());
    CHECK(std::filesystem::exists(directory / "keys.db"));
    for (const char* url : {"", "sqlite:", "memory", "memory:x", "SQLITE:/tmp/x", "/tmp/keys.db",
                            "postgresql://localhost", " memory:"}) {
        const auto refused = open_store(url);
        REQUIRE(refused.has_error());
        CHECK(refused.error().code == Errc::invalid);
        CHECK(says(refused.error(), "'" + std::string(url) + "' is not a store"));
        CHECK(check_store_url(url).has_error());
    }
}

}  // namespace custdkim::test
