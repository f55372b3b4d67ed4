#include "store/measured_store.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "store/memory_store.hpp"
#include "tests/support/sample_keys.hpp"

namespace custdkim::test {

TEST_CASE("What a store did is timed by what it was, and what it did not do is counted by why") {
    MeasuredStore store(std::make_unique<MemoryStore>());
    const auto zone = name("custdkim.example.net");
    CHECK(store.open_zones({&zone, 1}, new_year()).has_value());
    CHECK(store.took(StoreWork::open).count() == 1);
    const Key key = sample_key("k1", {"aaaaaa", "bbbbbb"});
    CHECK(store.insert({key, {}, {}}, new_year()).has_value());
    CHECK(store.took(StoreWork::insert).count() == 1);
    CHECK(store.find("k1").value().has_value());
    CHECK(store.took(StoreWork::find).count() == 1);
    CHECK(store.failed(Errc::conflict) == 0);
    Key other = key;
    other.version = 7;
    CHECK(store.erase(other, {}, new_year()).has_error());
    CHECK(store.failed(Errc::conflict) == 1);
    CHECK(store.took(StoreWork::erase).count() == 1);
}

TEST_CASE("Every kind of work has a name of its own") {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < store_work_count; ++i) names.insert(to_string(static_cast<StoreWork>(i)));
    CHECK(names.size() == store_work_count);
    CHECK_FALSE(names.contains(""));
    CHECK(to_string(static_cast<StoreWork>(store_work_count - 1)) == "administration");
}

}  // namespace custdkim::test
