// The table in docs/monitoring.md has every metric that is served, and no other. What a running service
// serves is compared with it in tests/system/metrics_test.py.
#include "metrics/exposition.hpp"
#include "support/page_names.hpp"

namespace custdkim::test {

namespace {

// Rows like "| `custdkim_keys` |".
Names metrics_in(const std::string& page) {
    return names_in(page, std::regex(R"(^\| `((?:custdkim|process)_[a-z_]+)` \|)"));
}

}  // namespace

TEST_CASE("docs/monitoring.md has every metric, and no other") {
    const auto names = metrics::metric_names();
    CHECK(metrics_in(text_of_page("monitoring.md")) == Names(names.begin(), names.end()));
}

TEST_CASE("The check of the metrics finds rows only") {
    CHECK(metrics_in("| `custdkim_keys` | y |\nthe `custdkim_pool` is\n| `x` | z |\n") ==
          Names{"custdkim_keys"});
}

TEST_CASE("Metrics are named as Prometheus has it") {
    Names seen;
    for (const std::string& name : metrics::metric_names()) {
        CHECK(std::regex_match(name, std::regex("(custdkim|process)_[a-z]+(_[a-z]+)*")));
        CHECK(seen.insert(name).second);
    }
}

}  // namespace custdkim::test
