#include "store/store_copy.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "store/copy_checks.hpp"
#include "store/schema.hpp"

namespace custdkim {

using sqlite::Database;
using sqlite::Failure;
using sqlite::Statement;

namespace {

constexpr std::string_view copied_at_note = "copied_at";  // seconds since 1970

std::filesystem::path unfinished_copy(const std::filesystem::path& store) { return store.string() + ".copy"; }

Error trouble(const std::string& what) {
    const auto code = errno == ENOSPC || errno == EDQUOT ? Errc::no_space : Errc::unavailable;
    return {code, what + ": " + std::strerror(errno)};
}

// Removes a file when it goes out of scope.
class Removed {
  public:
    explicit Removed(std::filesystem::path file) : file_(std::move(file)) {}
    ~Removed() { ::unlink(file_.c_str()); }
    Removed(const Removed&) = delete;
    Removed& operator=(const Removed&) = delete;

  private:
    std::filesystem::path file_;
};

void copy_pages(const std::filesystem::path& store, const std::filesystem::path& to, Timestamp now) {
    Database source(store);
    source.execute("PRAGMA query_only = ON; BEGIN");
    Statement(source, "SELECT count(*) FROM sqlite_schema")
        .bind()
        .run();  // from here on we see this moment only
    Database copy(to);
    copy.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");  // who is killed begins again
    source.copy_to(copy);
    source.execute("COMMIT");
    // It has no log beside it, whoever opens it: "delete" is how SQLite files are that are only read.
    copy.execute("PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON");
    const std::string at = std::to_string(now.time_since_epoch().count());
    Statement(copy, "INSERT OR REPLACE INTO meta (name, value) VALUES (?, CAST(? AS BLOB))")
        .bind(copied_at_note, at)
        .run();
}

std::int64_t number_of(Database& database, std::string_view sql) {
    Statement statement(database, sql);
    statement.bind();
    return statement.step() && statement.has(0) ? statement.number(0) : 0;
}

// The first complaint of SQLite's own check, or "ok".
std::string integrity_of(Database& database) {
    Statement statement(database, "PRAGMA integrity_check(1)");
    statement.bind();
    if (!statement.step()) return "it has no answer";
    const std::string_view answer = statement.text(0);
    return std::string(answer.substr(answer.rfind('\n') + 1));  // behind a line that says which database
}

std::optional<Timestamp> time_of(Database& database) {
    Statement note(database, "SELECT CAST(value AS TEXT) FROM meta WHERE name = ?");
    note.bind(copied_at_note);
    if (note.step()) {
        const std::string_view text = note.text(0);
        std::int64_t seconds = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
        if (error == std::errc() && end == text.data() + text.size()) return Timestamp(Duration(seconds));
    }
    const std::int64_t newest = number_of(database, "SELECT max(at) FROM event");
    if (newest == 0) return std::nullopt;
    return Timestamp(Duration(newest));
}

}  // namespace

void remove_unfinished_copy(const std::filesystem::path& store) { ::unlink(unfinished_copy(store).c_str()); }

Result<Descriptor> copy_store(const std::filesystem::path& store, Timestamp now) {
    const std::filesystem::path name = unfinished_copy(store);
    remove_unfinished_copy(store);
    Descriptor file(::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) return trouble("the copy " + name.string() + " cannot be made");
    const Removed removed(name);
    try {
        copy_pages(store, name, now);
    } catch (const Failure& failure) {
        return failure.error;
    }
    return file;
}

CopyContents sqlite::contents_of(Database& database) {
    CopyContents contents;
    contents.schema = static_cast<int>(number_of(database, "PRAGMA user_version"));
    const auto count = [&](const char* table) {
        return static_cast<std::uint64_t>(number_of(database, "SELECT count(*) FROM " + std::string(table)));
    };
    contents.keys = count("key");
    contents.labels = count("issued_label");
    contents.events = count("event");
    contents.as_of = time_of(database);
    Statement zones(
        database,
        "SELECT name, serial, (SELECT count(*) FROM key WHERE zone = z.id) FROM zone z ORDER BY id");
    zones.bind();
    while (zones.step()) {
        auto name = dns::Name::parse(zones.text(0));
        if (!name)
            throw Failure{
                {Errc::corrupt, "its zone '" + std::string(zones.text(0)) + "' has no name of a zone"}};
        contents.zones.push_back({std::move(*name), static_cast<Serial>(zones.number(1)),
                                  static_cast<std::uint64_t>(zones.number(2))});
    }
    return contents;
}

void sqlite::check_whole(Database& database, const std::string& what) {
    check_ours(database);
    if (number_of(database, "PRAGMA user_version") == 0) {
        throw Failure{{Errc::corrupt, what + " is empty; it is no backup"}};
    }
    if (const std::string answer = integrity_of(database); answer != "ok") {
        throw Failure{{Errc::corrupt, what + " is damaged (" + answer + "); take another backup"}};
    }
}

Result<CopyContents> inspect_copy(const std::filesystem::path& file) {
    try {
        Database database(file);
        database.execute("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
        sqlite::check_whole(database, file.string());
        const std::int64_t version = number_of(database, "PRAGMA user_version");
        if (version != sqlite::newest_schema_version()) {
            throw Failure{{Errc::conflict, file.string() + " has schema version " + std::to_string(version) +
                                               ", and this custdkim has " +
                                               std::to_string(sqlite::newest_schema_version()) +
                                               "; use the custdkim of the service that made it"}};
        }
        return sqlite::contents_of(database);
    } catch (const Failure& failure) {
        return failure.error;
    }
}

}  // namespace custdkim
