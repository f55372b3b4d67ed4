#include "lab/serving/query_log.hpp"

#include <catch2/catch.hpp>

namespace custdkim::lab {

namespace {

LoggedQuery asked(const std::string& name, std::uint16_t type = type::txt) {
    LoggedQuery query;
    query.client = "127.0.0.1:40000";
    query.face = "resolver";
    if (!name.empty()) query.name = wire_name(name).value();
    query.type = type;
    return query;
}

QueryLog::Filter below(const std::string& name, std::size_t limit = SIZE_MAX) {
    return {wire_name(name).value(), limit};
}

std::vector<std::string> names(const std::vector<LoggedQuery>& queries) {
    std::vector<std::string> names;
    for (const LoggedQuery& query : queries) names.push_back(to_text(query.name));
    return names;
}

}  // namespace

TEST_CASE("The log lists questions in their order, by name and all below, whatever the case") {
    QueryLog log;
    log.add(asked("S1._domainkey.ACME.example"));
    log.add(asked("other.example"));
    log.add(asked("acme.example"));
    log.add(asked("notacme.example"));
    log.add(asked(""));  // could not be read
    CHECK(log.list({}).size() == 5);
    CHECK(names(log.list(below("acme.example"))) ==
          std::vector<std::string>{"S1._domainkey.ACME.example.", "acme.example."});
    CHECK(names(log.list(below("acme.example", 1))) == std::vector<std::string>{"acme.example."});
}

TEST_CASE("The log forgets the oldest first, and says how many") {
    QueryLog log({3, 1 << 20});
    for (const std::string name : {"a.example", "b.example", "c.example", "d.example", "e.example"}) {
        log.add(asked(name));
    }
    CHECK(names(log.list({})) == std::vector<std::string>{"c.example.", "d.example.", "e.example."});
    CHECK(log.forgotten() == 2);
}

TEST_CASE("The log is bounded in octets too") {
    QueryLog log({1'000'000, 100'000});
    const std::string label(63, 'x');
    for (int i = 0; i < 10'000; ++i) log.add(asked(label + "." + label + "." + label + ".example"));
    const std::size_t kept = log.list({}).size();
    CHECK(kept > 100);
    CHECK(kept < 100'000 / 200);
    CHECK(log.forgotten() == 10'000 - kept);
    CHECK(log.clear() == kept);
    for (int i = 0; i < 10; ++i) log.add(asked("a.example"));
    CHECK(log.list({}).size() == 10);
}

TEST_CASE("Clearing below a name leaves the others") {
    QueryLog log;
    log.add(asked("s1._domainkey.acme.example"));
    log.add(asked("other.example"));
    CHECK(log.clear(wire_name("acme.example").value()) == 1);
    CHECK(names(log.list({})) == std::vector<std::string>{"other.example."});
    CHECK(log.clear() == 1);
    CHECK(log.list({}).empty());
}

}  // namespace custdkim::lab
