// A thin C++ layer over SQLite: connections, statements and transactions that clean up after themselves,
// and errors as Error. Not thread-safe: its user holds the lock.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace custdkim::sqlite {

// Thrown inside store/ and turned into its Error at the border of every Store call.
struct Failure {
    Error error;
};

class Database {
  public:
    explicit Database(const std::filesystem::path& file);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void execute(const std::string& script);
    // Moves the write-ahead log into the file and empties it, so that nothing that was overwritten is left in
    // it. Does not wait for readers: where one is at work it is false, and a later call will do.
    bool empty_log() noexcept;
    // All of it, page by page, in one transaction of the other's (https://www.sqlite.org/backup.html).
    void copy_to(Database& other) const;
    sqlite3* get() const { return handle_; }
    std::int64_t last_row() const;
    std::int64_t changed_rows() const;
    [[noreturn]] void fail(int code) const;

  private:
    const std::string file_;
    sqlite3* handle_ = nullptr;
};

// Prepared once, used many times: bind(...), then step() for every row.
class Statement {
  public:
    Statement(Database& database, std::string_view sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    // Starts afresh with these parameters.
    template <typename... Values>
    Statement& bind(const Values&... values) {
        reset();
        int index = 0;
        (bind_one(++index, values), ...);
        check_count(index);
        return *this;
    }
    bool step();
    // Forgets parameters and rows that are left. An unfinished SELECT holds on to the write-ahead log.
    void reset();
    void run() {
        while (step()) {
        }
    }

    bool has(int column) const;  // something else than NULL, of which the others make 0 or ""
    std::int64_t number(int column) const;
    std::optional<std::int64_t> optional_number(int column) const;
    std::string_view text(int column) const;               // valid until the next step
    std::span<const std::uint8_t> blob(int column) const;  // likewise

  private:
    void check_count(int bound) const;  // one that is forgotten would be NULL, which equals nothing
    void bind_one(int index, std::int64_t value);
    void bind_one(int index, std::string_view value);
    void bind_one(int index, const std::string& value) { bind_one(index, std::string_view(value)); }
    void bind_one(int index, std::span<const std::uint8_t> value);
    template <typename T>
    void bind_one(int index, const std::optional<T>& value) {
        if (value) bind_one(index, *value);  // what is not bound is NULL
    }

    Database& database_;
    sqlite3_stmt* handle_ = nullptr;
};

// Rolls back unless committed. Immediate: it is the writer from its first moment.
class Transaction {
  public:
    explicit Transaction(Database& database) : database_(database) { database_.execute("BEGIN IMMEDIATE"); }
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

  private:
    Database& database_;
    bool open_ = true;
};

}  // namespace custdkim::sqlite
