// A SQLite store's file: opened through the store, looked at and spoilt behind its back.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "each_store.hpp"

namespace custdkim::test {

// A store in a file that is there already or is made, with our zone opened.
class SqliteFile : public World {
  public:
    explicit SqliteFile(const std::filesystem::path& file) : World(SqliteStore::open(file).value()) {}
};

// What opening the store and then reading all of it complains of first; no error at all is Errc::internal.
inline Error first_error(const std::filesystem::path& file) {
    auto store = SqliteStore::open(file);
    if (!store) return store.error();
    if (const auto zones = (*store)->open_zones({&our_zone, 1}, new_year()); !zones) return zones.error();
    if (const auto all = (*store)->for_each_key([](const Key&) {}); !all) return all.error();
    if (const auto page = (*store)->list({}); !page) return page.error();
    return {Errc::internal, "no error"};
}

// Runs SQL on the file as any other program would; returns the first column of the last row.
inline std::string run_sql(const std::filesystem::path& file, const std::string& script) {
    sqlite3* raw = nullptr;
    sqlite3_open(file.c_str(), &raw);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> database(raw, &sqlite3_close);
    std::string last;
    const auto keep = [](void* out, int, char** values, char**) {
        *static_cast<std::string*>(out) = values[0] ? values[0] : "";
        return 0;
    };
    if (sqlite3_exec(raw, script.c_str(), keep, &last, nullptr) != SQLITE_OK) {
        throw std::runtime_error(sqlite3_errmsg(raw));
    }
    return last;
}

inline std::string read_file(const std::filesystem::path& file) {
    std::string content(std::filesystem::file_size(file), '\0');
    std::ifstream(file, std::ios::binary).read(content.data(), static_cast<std::streamsize>(content.size()));
    return content;
}

inline void write_file(const std::filesystem::path& file, std::string_view text) {
    std::ofstream(file, std::ios::binary) << text;
}

// The contents of all files in a directory, by name.
inline std::map<std::string, std::string> read_files(const std::filesystem::path& directory) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        files[entry.path().filename().string()] = read_file(entry.path());
    }
    return files;
}

inline bool says(const Error& error, std::string_view words) {
    return error.detail.find(words) != std::string::npos;
}

}  // namespace custdkim::test
