// What a SQLite store was told to destroy is not in its files any more (R9).
#include <catch2/catch.hpp>

#include <cstring>
#include <optional>

#include "base/random.hpp"
#include "sqlite_file.hpp"

namespace custdkim::test {

namespace {

// Octets that occur nowhere else, as long as a sealed private key of this kind is.
Bytes secret_of(int key, unsigned pair, std::size_t size) {
    const std::string mark = "secret of key " + std::to_string(key) + " pair " + std::to_string(pair) + ";";
    std::string text;
    while (text.size() < size) text += mark;
    return bytes(text.substr(0, size));
}

// Part of it is as bad as the whole: its mark repeats, so that any part that survived shows it.
bool found(const std::filesystem::path& directory, const Bytes& secret) {
    const std::string_view text(reinterpret_cast<const char*>(secret.data()), secret.size());
    const std::string_view mark = text.substr(0, text.find(';') + 1);
    for (const auto& [file, content] : read_files(directory)) {
        // memmem(): std::string::find is slow in unoptimized builds
        if (::memmem(content.data(), content.size(), mark.data(), mark.size())) return true;
    }
    return false;
}

void checkpoint(const std::filesystem::path& file) {
    REQUIRE(run_sql(file, "PRAGMA wal_checkpoint(TRUNCATE)") == "0");
}

// Inserts `count` keys with secrets of this size.
void put_keys(World& world, int count, std::size_t size) {
    for (int i = 0; i < count; ++i) {
        const Key key = numbered_key(i);
        const std::vector<SealedPrivateKey> secrets = {{1, secret_of(i, 1, size)},
                                                       {2, secret_of(i, 2, size)}};
        REQUIRE(world.store().insert({key, secrets, event_of(key, "create")}, new_year()).value().status ==
                Insertion::Status::done);
    }
}

}  // namespace

TEST_CASE("A private key that a change destroyed is in no file at once") {
    const TemporaryDirectory directory;
    const std::size_t size = GENERATE(200, 1400, 2600, 9000);
    SqliteFile world(directory / "keys.db");
    put_keys(world, 1, size);
    checkpoint(directory / "keys.db");
    CHECK(found(directory.path(), secret_of(0, 1, size)));
    REQUIRE(world.commit(change_to(numbered_key(0), {1})).done);
    CHECK_FALSE(found(directory.path(), secret_of(0, 1, size)));
    CHECK(found(directory.path(), secret_of(0, 2, size)));
}

TEST_CASE("The private keys of an erased key are in no file at once") {
    const TemporaryDirectory directory;
    SqliteFile world(directory / "keys.db");
    put_keys(world, 2, 1400);
    REQUIRE(world.erase(numbered_key(0), new_year()).has_value());
    for (const unsigned pair : {1U, 2U}) {
        CHECK_FALSE(found(directory.path(), secret_of(0, pair, 1400)));
        CHECK(found(directory.path(), secret_of(1, pair, 1400)));
    }
}

TEST_CASE("Private keys that a run of large commits destroyed are in no file when the store has caught up") {
    const TemporaryDirectory directory, copy;
    constexpr int keys = 100;
    SqliteFile world(directory / "keys.db");
    put_keys(world, keys, 200);
    std::vector<Change> changes;
    for (int i = 0; i < keys; ++i) changes.push_back(change_to(numbered_key(i), {1}));
    REQUIRE(world.store().commit(changes, new_year()).has_value());
    const std::string when = GENERATE("it is told", "commits go on", "it is opened after a kill -9");
    INFO("caught up when " << when);
    std::filesystem::path files = directory.path();
    std::optional<SqliteFile> heir;
    if (when == "it is told") {
        world.store().catch_up();
    } else if (when == "commits go on") {
        for (Change& change : changes) change = change_to(change.key), ++change.key.version;
        REQUIRE(world.store().commit(changes, new_year(1)).has_value());
    } else {
        for (const auto& [name, content] : read_files(directory.path())) write_file(copy / name, content);
        files = copy.path();
        heir.emplace(copy / "keys.db");
    }
    for (int i = 0; i < keys; ++i) {
        INFO("key " << i);
        CHECK_FALSE(found(files, secret_of(i, 1, 200)));
        CHECK(found(files, secret_of(i, 2, 200)));
    }
}

TEST_CASE("Private keys that a reader kept in the log are in no file after the next commit") {
    const TemporaryDirectory directory;
    SqliteFile world(directory / "keys.db");
    put_keys(world, 1, 200);
    sqlite3* reader = nullptr;
    REQUIRE(sqlite3_open((directory / "keys.db").c_str(), &reader) == SQLITE_OK);
    REQUIRE(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM key", nullptr, nullptr, nullptr) == SQLITE_OK);
    Key key = numbered_key(0);
    REQUIRE(world.commit(change_to(key, {1})).done);
    CHECK(found(directory.path(), secret_of(0, 1, 200)));
    sqlite3_close(reader);
    ++key.version;
    REQUIRE(world.commit(change_to(key)).done);
    CHECK_FALSE(found(directory.path(), secret_of(0, 1, 200)));
}

TEST_CASE("Of many private keys the destroyed ones are in no file and the others are all there") {
    const TemporaryDirectory directory;
    const std::uint64_t seed = GENERATE(1, 2, 3);
    INFO("seed " << seed);
    SeededRandom random(seed);
    const std::size_t size = 150 + random.below(2000);
    constexpr int keys = 60;
    std::vector<bool> destroyed(keys);
    SqliteFile world(directory / "keys.db");
    put_keys(world, keys, size);
    for (int i = 0; i < keys; ++i) {
        destroyed[static_cast<std::size_t>(i)] = random.below(2) == 0;
        if (!destroyed[static_cast<std::size_t>(i)]) continue;
        REQUIRE(world.commit(change_to(numbered_key(i), {1})).done);
    }
    checkpoint(directory / "keys.db");
    for (int i = 0; i < keys; ++i) {
        INFO("key " << i);
        CHECK(found(directory.path(), secret_of(i, 1, size)) != destroyed[static_cast<std::size_t>(i)]);
        CHECK(found(directory.path(), secret_of(i, 2, size)));
    }
}

}  // namespace custdkim::test
