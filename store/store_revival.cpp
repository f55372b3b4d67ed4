// Store copies served again: what must hold for the store that comes of it (R6, R8).
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "keys/label_prefix.hpp"
#include "keys/sealing.hpp"
#include "store/copy_checks.hpp"
#include "store/event_table.hpp"
#include "store/file_lock.hpp"
#include "store/schema.hpp"
#include "store/store_copy.hpp"

namespace custdkim {

using sqlite::Database;
using sqlite::Failure;
using sqlite::Statement;

namespace {

// More changes than can have been made since the copy: half a year of one each second, or most of a day of as
// many as custdkim can make. RFC 1982 section 3 allows 2^31 - 1 at once.
constexpr Serial serial_leap = 1U << 24;

Error trouble(const std::string& what) {
    const auto code = errno == ENOSPC || errno == EDQUOT ? Errc::no_space : Errc::unavailable;
    return {code, what + ": " + std::strerror(errno)};
}

std::filesystem::path directory_of(const std::filesystem::path& file) {
    return file.has_parent_path() ? file.parent_path() : ".";
}

Result<void> check_place_is_free(const std::filesystem::path& target) {
    for (const char* const suffix : {"", "-wal", "-shm", "-journal"}) {
        const std::string name = target.string() + suffix;
        struct stat found {};
        if (::lstat(name.c_str(), &found) != 0) continue;
        return Error{Errc::conflict,
                     "there is a store already: " + name +
                         "; nothing is overwritten, move it away first, and keep it until all is well"};
    }
    return {};
}

Result<Descriptor> open_copy(const std::filesystem::path& copy) {
    Descriptor file(::open(copy.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat found {};
    if (!file || ::fstat(file.get(), &found) != 0)
        return invalid(copy.string() + " cannot be read: " + std::strerror(errno));
    if (!S_ISREG(found.st_mode)) return invalid(copy.string() + " is no regular file");
    struct stat log {};
    if (::stat((copy.string() + "-wal").c_str(), &log) == 0 && log.st_size > 0) {
        return invalid(copy.string() + " has a log beside it, " + copy.string() +
                       "-wal: it is a store in use or was copied as files are, not a backup; take one with "
                       "'custdkim backup'");
    }
    return file;
}

Result<void> copy_octets(const Descriptor& from, const std::filesystem::path& to) {
    const Descriptor file(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) return trouble(to.string() + " cannot be made");
    std::vector<char> block(1 << 20);
    for (;;) {
        const ssize_t size = ::read(from.get(), block.data(), block.size());
        if (size == 0) return {};
        if (size < 0) return trouble("the backup cannot be read");
        for (ssize_t at = 0; at < size;) {
            const ssize_t written =
                ::write(file.get(), block.data() + at, static_cast<std::size_t>(size - at));
            if (written < 0) return trouble(to.string() + " cannot be written");
            at += written;
        }
    }
}

// Restored by root, the store must still open for the service's user, whose directory it is in.
Result<void> give_to_owner_of_directory(const std::filesystem::path& file) {
    struct stat directory {};
    if (::geteuid() != 0) return {};
    if (::stat(directory_of(file).c_str(), &directory) != 0 ||
        ::chown(file.c_str(), directory.st_uid, directory.st_gid) != 0) {
        return trouble(file.string() + " cannot be given to the owner of its directory");
    }
    return {};
}

std::optional<Bytes> note(Database& database, std::string_view name) {
    Statement statement(database, "SELECT value FROM meta WHERE name = ?");
    statement.bind(name);
    if (!statement.step()) return std::nullopt;
    return Bytes(statement.blob(0).begin(), statement.blob(0).end());
}

void set_note(Database& database, std::string_view name, const std::string& text) {
    Statement(database, "INSERT OR REPLACE INTO meta (name, value) VALUES (?, CAST(? AS BLOB))")
        .bind(name, text)
        .run();
}

// R6: above what it can have shown since.
Serial leap(Serial stored, const Revival& revival) {
    Serial serial = next_serial(stored, revival.now) + serial_leap;
    if (revival.above && !is_newer(serial, *revival.above)) serial = *revival.above + 1;
    return serial;
}

std::string sentence_about(const CopyContents& contents) {
    return "restored from a backup" +
           (contents.as_of ? " of " + format_rfc3339(*contents.as_of) : std::string(", of an unknown time")) +
           "; what came after that is lost";
}

Revived revive(Database& database, const Revival& revival) {
    Revived revived{sqlite::contents_of(database), {}};
    sqlite::Transaction transaction(database);
    Statement set_serial(database, "UPDATE zone SET serial = ? WHERE name = ?");
    for (CopiedZone& zone : revived.contents.zones) {
        zone.serial = leap(zone.serial, revival);
        set_serial.bind(std::int64_t{zone.serial}, zone.name.text()).run();
    }
    const auto before = restores_in(note(database, restores_note));
    if (!before) throw Failure{before.error()};
    if (*before == most_restores) {
        throw Failure{
            {Errc::refused, "this store was restored " + std::to_string(most_restores) +
                                " times, and there are no labels left that cannot have been issued before"}};
    }
    set_note(database, restores_note, std::to_string(*before + 1));
    revived.label_prefix = label_prefix(*before + 1);
    sqlite::EventTable events(database);
    Event event;
    event.at = revival.now;
    event.actor = revival.actor;
    event.action = "restore";
    event.detail = sentence_about(revived.contents);
    events.add(event, 0, "");
    transaction.commit();
    return revived;
}

// A file that is not finished, with what SQLite may have beside it; removed before and after.
class Unfinished {
  public:
    explicit Unfinished(std::filesystem::path file) : file_(std::move(file)) { remove(); }
    ~Unfinished() { remove(); }
    Unfinished(const Unfinished&) = delete;
    Unfinished& operator=(const Unfinished&) = delete;

    const std::filesystem::path& name() const { return file_; }

  private:
    void remove() const {
        for (const char* const suffix : {"", "-journal", "-wal", "-shm"})
            ::unlink((file_.string() + suffix).c_str());
    }
    std::filesystem::path file_;
};

Revived make_ready(const std::filesystem::path& file, const std::filesystem::path& copy,
                   const Revival& revival) {
    Database database(file);
    database.execute("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
    sqlite::check_whole(database, copy.string());
    database.execute("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    sqlite::migrate(database);
    if (revival.check) {
        const auto fit = revival.check(sqlite::contents_of(database), note(database, master_key_note));
        if (!fit) throw Failure{fit.error()};
    }
    return revive(database, revival);
}

// In one step, and only where there is nothing.
Result<void> take_place(const std::filesystem::path& file, const std::filesystem::path& target) {
    if (auto given = give_to_owner_of_directory(file); !given) return given;
    if (auto given = give_to_owner_of_directory(target.string() + ".lock"); !given) return given;
    const Descriptor whole(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!whole || ::fsync(whole.get()) != 0) return trouble(file.string() + " cannot be flushed");
    if (::renameat2(AT_FDCWD, file.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) != 0) {
        return trouble(target.string() + " cannot be put in its place");
    }
    const Descriptor directory(::open(directory_of(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory || ::fsync(directory.get()) != 0)
        return trouble(directory_of(target).string() + " cannot be flushed");
    return {};
}

// SQLite names the file that it has; whoever reads this knows the one that was given.
Error about(const std::filesystem::path& copy, const std::filesystem::path& file, Error error) {
    const std::string ours = "the store " + file.string();
    const bool is_its_fault = error.code == Errc::corrupt;
    if (const auto at = error.detail.find(ours); is_its_fault && at != error.detail.npos) {
        error.detail.replace(at, ours.size(), copy.string());
    }
    return error;
}

}  // namespace

Result<Revived> revive_store(const std::filesystem::path& copy, const std::filesystem::path& target,
                             const Revival& revival) {
    const auto lock = lock_file(target);
    if (!lock) return lock.error();
    if (const auto is_free = check_place_is_free(target); !is_free) return is_free.error();
    const auto source = open_copy(copy);
    if (!source) return source.error();
    const Unfinished unfinished(target.string() + ".restoring");
    if (const auto copied = copy_octets(*source, unfinished.name()); !copied) return copied.error();
    try {
        Revived revived = make_ready(unfinished.name(), copy, revival);
        if (const auto placed = take_place(unfinished.name(), target); !placed) return placed.error();
        return revived;
    } catch (const Failure& failure) {
        return about(copy, unfinished.name(), failure.error);
    }
}

}  // namespace custdkim
