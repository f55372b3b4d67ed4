#include "store/sqlite.hpp"

#include <sqlite3.h>

#include <array>
#include <stdexcept>

namespace custdkim::sqlite {

namespace {

constexpr int patience_milliseconds = 5000;

// What SQLite's result codes mean for the person who has to do something about them.
Error explain(int code, const std::string& file, std::string_view message) {
    const std::string store = "the store " + file;
    switch (code & 0xff) {
        case SQLITE_FULL:
            return {Errc::no_space, store +
                                        " cannot grow: the disk is full; nothing was changed, free some "
                                        "space and try again"};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {Errc::busy, store + " is locked by another program; nothing was changed, try again"};
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return {Errc::unavailable,
                    store + " cannot be written: it or its directory is read-only for this user"};
        case SQLITE_CANTOPEN:
            return {Errc::unavailable, store +
                                           " cannot be opened: check that its directory exists and may be "
                                           "written by this user"};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {Errc::corrupt,
                    store + " is damaged or not a database (" + std::string(message) +
                        "); restore it from a backup, or try 'sqlite3 FILE .recover' on a copy"};
        case SQLITE_IOERR:
            return {Errc::unavailable,
                    store + " cannot be read or written (" + std::string(message) + "); check the disk"};
        default: return {Errc::internal, store + ": " + std::string(message)};
    }
}

}  // namespace

Database::Database(const std::filesystem::path& file) : file_(file.string()) {
    const int code = sqlite3_open_v2(
        file_.c_str(), &handle_,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    if (code != SQLITE_OK) {
        const Error error = explain(code, file_, handle_ ? sqlite3_errmsg(handle_) : "out of memory");
        sqlite3_close(handle_);
        throw Failure{error};
    }
    if (sqlite3_db_readonly(handle_, "main") == 1) {  // SQLite's way of opening what it may not write
        const Error error = explain(SQLITE_READONLY, file_, "");
        sqlite3_close(handle_);
        throw Failure{error};
    }
    sqlite3_busy_timeout(handle_,
                         patience_milliseconds);  // a backup or a reader's checkpoint, not a second daemon
}

Database::~Database() { sqlite3_close(handle_); }

void Database::fail(int code) const { throw Failure{explain(code, file_, sqlite3_errmsg(handle_))}; }

void Database::execute(const std::string& script) {
    const int code = sqlite3_exec(handle_, script.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code);
}

bool Database::empty_log() noexcept {
    sqlite3_busy_timeout(handle_, 0);
    const int code =
        sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    sqlite3_busy_timeout(handle_, patience_milliseconds);
    return code == SQLITE_OK;
}

void Database::copy_to(Database& other) const {
    constexpr int pages_at_once = 1024;
    sqlite3_backup* const backup = sqlite3_backup_init(other.handle_, "main", handle_, "main");
    if (!backup) other.fail(sqlite3_extended_errcode(other.handle_));
    int code = SQLITE_OK;
    while (code == SQLITE_OK) code = sqlite3_backup_step(backup, pages_at_once);
    sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE) other.fail(code);
}

std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(handle_); }

std::int64_t Database::changed_rows() const { return sqlite3_changes64(handle_); }

Statement::Statement(Database& database, std::string_view sql) : database_(database) {
    const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
    if (code != SQLITE_OK) database_.fail(code);
}

Statement::~Statement() { sqlite3_finalize(handle_); }

bool Statement::step() {
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    // Resetting at once ends the read transaction, and with it the hold on the write-ahead log.
    sqlite3_reset(handle_);
    if (code != SQLITE_DONE) database_.fail(code);
    return false;
}

void Statement::reset() {
    sqlite3_reset(handle_);
    sqlite3_clear_bindings(handle_);
}

void Statement::check_count(int bound) const {
    if (bound != sqlite3_bind_parameter_count(handle_)) {
        throw std::logic_error(std::string("parameters are missing: ") + sqlite3_sql(handle_));
    }
}

void Statement::bind_one(int index, std::int64_t value) { sqlite3_bind_int64(handle_, index, value); }

void Statement::bind_one(int index, std::string_view value) {
    const char* const text = value.data() ? value.data() : "";  // likewise
    sqlite3_bind_text(handle_, index, text, static_cast<int>(value.size()), SQLITE_TRANSIENT);
}

void Statement::bind_one(int index, std::span<const std::uint8_t> value) {
    if (value.empty()) {  // its pointer may be null, which SQLite takes for NULL
        sqlite3_bind_zeroblob(handle_, index, 0);
        return;
    }
    sqlite3_bind_blob(handle_, index, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
}

bool Statement::has(int column) const { return sqlite3_column_type(handle_, column) != SQLITE_NULL; }

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(handle_, column); }

std::optional<std::int64_t> Statement::optional_number(int column) const {
    return has(column) ? std::optional(number(column)) : std::nullopt;
}

std::string_view Statement::text(int column) const {
    const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
    if (!text) return {};
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::span<const std::uint8_t> Statement::blob(int column) const {
    const auto* const bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle_, column));
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

Transaction::~Transaction() {
    if (open_) sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
    database_.execute("COMMIT");
    open_ = false;
}

}  // namespace custdkim::sqlite
