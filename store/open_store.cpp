#include "store/open_store.hpp"

#include "store/memory_store.hpp"
#include "store/sqlite_store.hpp"

namespace custdkim {

namespace {

constexpr std::string_view sqlite_prefix = "sqlite:";

}  // namespace

Result<void> check_store_url(std::string_view url) {
    if (url == "memory:") return {};
    if (url.starts_with(sqlite_prefix) && url.size() > sqlite_prefix.size()) return {};
    return invalid("'" + std::string(url) + "' is not a store; use sqlite:/path/to/file.db or memory:");
}

std::optional<std::filesystem::path> store_file(std::string_view url) {
    if (!url.starts_with(sqlite_prefix)) return std::nullopt;
    return std::filesystem::path(url.substr(sqlite_prefix.size()));
}

Result<std::unique_ptr<DaemonStore>> open_store(std::string_view url) {
    if (const auto known = check_store_url(url); !known) return known.error();
    if (url == "memory:") return std::unique_ptr<DaemonStore>(std::make_unique<MemoryStore>());
    auto store = SqliteStore::open(*store_file(url));
    if (!store) return store.error();
    return std::unique_ptr<DaemonStore>(std::move(*store));
}

}  // namespace custdkim
