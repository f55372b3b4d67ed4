// SQLite stores that the disk, or somebody, has damaged: an error that says so, never a crash or a wrong key.
#include <catch2/catch.hpp>

#include "sqlite_file.hpp"

namespace custdkim::test {

namespace {

constexpr std::size_t page_size = 4096;

void make_store(const std::filesystem::path& file, int keys) {
    SqliteFile world(file);
    for (int i = 0; i < keys; ++i) world.put(numbered_key(i));
}

void check_damaged(const std::filesystem::path& file) {
    const Error error = first_error(file);
    INFO(error.detail);
    CHECK(error.code == Errc::corrupt);
    CHECK(says(error, "restore it from a backup"));
}

}  // namespace

TEST_CASE("A text file is not a store") {
    const TemporaryDirectory directory;
    const std::size_t size = GENERATE(2, 40, 511, 512, 5000, 100000);  // SQLite takes 1 octet for none
    const std::string text(size, 'x');
    write_file(directory / "keys.db", text);
    check_damaged(directory / "keys.db");
    CHECK((read_file(directory / "keys.db") == text));
}

TEST_CASE("A truncated store is damaged") {
    const TemporaryDirectory directory;
    make_store(directory / "keys.db", 60);
    const auto whole = std::filesystem::file_size(directory / "keys.db");
    REQUIRE(whole > 10 * page_size);
    const std::uintmax_t size = GENERATE(2, 99, 100, 1000, 4095, 4096, 5000, 20480);
    std::filesystem::resize_file(directory / "keys.db", size);
    check_damaged(directory / "keys.db");
}

TEST_CASE("A store of which all pages but the first were overwritten is damaged") {
    const TemporaryDirectory directory;
    make_store(directory / "keys.db", 60);
    const char octet = GENERATE('\0', '\x0d', 'x', '\xff');
    std::string spoilt = read_file(directory / "keys.db");
    for (std::size_t i = page_size; i < spoilt.size(); ++i) spoilt[i] = octet;
    write_file(directory / "keys.db", spoilt);
    check_damaged(directory / "keys.db");
}

TEST_CASE("A store with any one page overwritten never yields a wrong key") {
    // SQLite has no checksums: a page that nobody reads here goes unnoticed. What is read must be right or
    // refused.
    const TemporaryDirectory directory;
    make_store(directory / "keys.db", 60);
    const std::string whole = read_file(directory / "keys.db");
    int noticed = 0;
    for (std::size_t page = 0; page < whole.size() / page_size; ++page) {
        std::string spoilt = whole;
        spoilt.replace(page * page_size, page_size, std::string(page_size, '\xa5'));
        write_file(directory / "keys.db", spoilt);
        auto store = SqliteStore::open(directory / "keys.db");
        if (!store) {
            CHECK(store.error().code == Errc::corrupt);
            ++noticed;
            continue;
        }
        int number = 0;
        const auto all =
            (*store)->for_each_key([&](const Key& key) { CHECK((key == numbered_key(number++))); });
        if (all) CHECK(number == 60);
        if (!all) CHECK(all.error().code == Errc::corrupt);
        noticed += all ? 0 : 1;
    }
    CHECK(noticed > 3);
}

TEST_CASE("A row that makes no sense is named") {
    const TemporaryDirectory directory;
    make_store(directory / "keys.db", 3);
    const auto [spoil, complaint] = GENERATE(table<std::string, std::string>({
        {"UPDATE key SET match = 'all' WHERE row = 2", "row 2 has an unknown domain match"},
        {"UPDATE key SET type = 'dsa' WHERE row = 2", "row 2 has an unknown type"},
        {"UPDATE key SET domain = 'a..b' WHERE row = 2", "row 2 has a broken domain"},
        {"UPDATE key SET domain = '' WHERE row = 2", "row 2 has a broken domain"},
        {"UPDATE slot SET outcome = 'maybe' WHERE key = 2", "row 2 has an unknown outcome"},
        {"UPDATE pair SET public_key = x'00' WHERE key = 2 AND slot = 1",
         "row 2 has a public key of the wrong size"},
    }));
    run_sql(directory / "keys.db", spoil);
    const Error error = first_error(directory / "keys.db");
    CHECK(error.code == Errc::corrupt);
    CHECK(says(error, complaint));
    CHECK(says(error, "restore it from a backup"));
}

TEST_CASE("A store with one row that makes no sense still serves and takes the others") {
    const TemporaryDirectory directory;
    make_store(directory / "keys.db", 3);
    run_sql(directory / "keys.db", "UPDATE key SET type = 'dsa' WHERE row = 2");
    SqliteFile world(directory / "keys.db");
    for (int round = 0; round < 3; ++round) {
        CHECK(world.store().list({}).error().code == Errc::corrupt);
        CHECK(world.store().find(numbered_key(1).id).error().code == Errc::corrupt);
        CHECK((world.get(numbered_key(2).id) == numbered_key(2)));
        CHECK_NOTHROW(world.put(numbered_key(10 + round)));
    }
    CHECK(run_sql(directory / "keys.db", "PRAGMA wal_checkpoint(TRUNCATE)") == "0");  // nobody still reads
}

TEST_CASE("A key of which a part is missing is damaged and not passed over") {
    const TemporaryDirectory directory;
    make_store(directory / "keys.db", 3);
    const auto [spoil, complaint] = GENERATE(table<std::string, std::string>({
        {"DELETE FROM pair WHERE key = 2; DELETE FROM slot WHERE key = 2", "row 2 has no slots"},
        {"UPDATE key SET zone = 77 WHERE row = 2", "row 2 has a broken zone"},
    }));
    run_sql(directory / "keys.db", spoil);
    const Error error = first_error(directory / "keys.db");
    CHECK(error.code == Errc::corrupt);
    CHECK(says(error, complaint));
    SqliteFile world(directory / "keys.db");
    CHECK(world.store().find(numbered_key(1).id).error().code == Errc::corrupt);
}

}  // namespace custdkim::test
