#include <catch2/catch.hpp>

#include "rules.hpp"

using namespace custdkim::tidy;

namespace {

// A check that cannot fail is worthless: what it must complain about, and in which line.
void complains(const Complaints& complaints, const std::string& begin) {
    REQUIRE(complaints.size() == 1);
    CHECK_THAT(complaints[0], Catch::StartsWith(begin));
}

Complaints rooms(const std::string& path, const std::string& include) {
    return check_rooms({path, "// x\n#include \"" + include + "\"\n"});
}

Complaints libraries(const std::string& path, const std::string& include) {
    return check_libraries({path, "#include <vector>\n#include <" + include + ">\n"});
}

Complaints calls(const std::string& path, const std::string& code) {
    return check_time_and_chance({path, "int x = 0;\n" + code + "\n"});
}

}  // namespace

TEST_CASE("Every room may include itself and the base") {
    for (const char* room : {"base", "http", "dns", "keys", "zone", "activation", "sending", "backend",
                             "store", "api", "service", "cli", "lab"}) {
        CHECK(rooms(room + std::string("/a.cpp"), room + std::string("/b.hpp")).empty());
        CHECK(rooms(room + std::string("/a.cpp"), "base/b.hpp").empty());
    }
}

TEST_CASE("An include that runs up the house is found") {
    complains(rooms("dns/a.cpp", "keys/b.hpp"), "dns/a.cpp:2: dns may not include keys");
    complains(rooms("keys/a.hpp", "store/b.hpp"), "keys/a.hpp:2: keys may not include store");
    complains(rooms("base/a.cpp", "dns/b.hpp"), "base/a.cpp:2:");
    complains(rooms("zone/a.cpp", "backend/b.hpp"), "zone/a.cpp:2:");
    complains(rooms("http/a.cpp", "dns/b.hpp"), "http/a.cpp:2:");
    complains(rooms("backend/a.cpp", "api/b.hpp"), "backend/a.cpp:2:");
    complains(rooms("backend/a.cpp", "store/b.hpp"), "backend/a.cpp:2:");
    complains(rooms("api/a.cpp", "store/b.hpp"), "api/a.cpp:2:");
    complains(rooms("activation/a.cpp", "sending/b.hpp"), "activation/a.cpp:2:");
    complains(rooms("service/a.cpp", "cli/b.hpp"), "service/a.cpp:2:");
}

TEST_CASE("Nobody includes the lab, but the lab itself and tests") {
    for (const char* room : {"base", "dns", "keys", "service", "cli"}) {
        complains(rooms(room + std::string("/a.cpp"), "lab/b.hpp"), room + std::string("/a.cpp:2:"));
    }
    CHECK(rooms("lab/a.cpp", "service/b.hpp").empty());
    CHECK(rooms("tests/lab/a.cpp", "lab/b.hpp").empty());
}

TEST_CASE("Includes that run down the house are fine") {
    CHECK(rooms("keys/a.cpp", "dns/b.hpp").empty());
    CHECK(rooms("backend/sub/a.cpp", "zone/b.hpp").empty());
    CHECK(rooms("backend/a.cpp", "http/b.hpp").empty());
    CHECK(rooms("store/a.cpp", "keys/b.hpp").empty());
    CHECK(rooms("api/a.cpp", "activation/b.hpp").empty());
    CHECK(rooms("service/a.cpp", "store/b.hpp").empty());
    CHECK(rooms("cli/a.cpp", "service/b.hpp").empty());
}

TEST_CASE("An include that is not from the root, or a room that nobody built, is found") {
    complains(rooms("keys/a.cpp", "b.hpp"), "keys/a.cpp:2: our headers");
    complains(rooms("keys/a.cpp", "../dns/b.hpp"), "keys/a.cpp:2: our headers");
    complains(check_rooms({"utilities/a.cpp", ""}), "utilities/a.cpp:1: 'utilities' is not a room");
    complains(check_rooms({"keys/a.cpp", "  #  include \"api/b.hpp\"  // why not\n"}), "keys/a.cpp:1:");
    complains(check_rooms({"keys/a.cpp", "#include <api/b.hpp>\n"}), "keys/a.cpp:1:");
    CHECK(check_rooms({"keys/a.cpp", "// #include \"api/b.hpp\"\n"}).empty());
}

TEST_CASE("A library outside its home is found") {
    complains(libraries("api/a.cpp", "openssl/evp.h"),
              "api/a.cpp:2: openssl/evp.h is at home in keys, not in api");
    complains(libraries("keys/a.cpp", "sqlite3.h"), "keys/a.cpp:2:");
    complains(libraries("keys/a.cpp", "libpq-fe.h"), "keys/a.cpp:2:");
    complains(libraries("keys/a.cpp", "boost/asio.hpp"), "keys/a.cpp:2:");
    complains(libraries("zone/a.cpp", "boost/beast/http.hpp"), "zone/a.cpp:2:");
    complains(libraries("api/a.cpp", "boost/beast/http.hpp"), "api/a.cpp:2:");
    complains(libraries("api/a.cpp", "boost/json.hpp"), "api/a.cpp:2:");
    complains(libraries("keys/a.cpp", "ldns/ldns.h"), "keys/a.cpp:2:");
    complains(libraries("activation/a.cpp", "unbound.h"), "activation/a.cpp:2:");
    complains(libraries("keys/a.cpp", "idn2.h"), "keys/a.cpp:2:");
    complains(libraries("keys/a.cpp", "libpsl.h"), "keys/a.cpp:2:");
    complains(libraries("store/a.cpp", "nlohmann/json.hpp"), "store/a.cpp:2:");
    complains(libraries("cli/a.cpp", "toml++/toml.h"), "cli/a.cpp:2:");
    complains(libraries("api/a.cpp", "spdlog/spdlog.h"), "api/a.cpp:2:");
    complains(libraries("keys/a.cpp", "absl/container/btree_map.h"), "keys/a.cpp:2:");
    complains(libraries("cli/a.cpp", "systemd/sd-daemon.h"), "cli/a.cpp:2:");
    complains(libraries("service/a.cpp", "CLI/CLI.hpp"), "service/a.cpp:2:");
    complains(libraries("base/a.cpp", "catch2/catch.hpp"),
              "base/a.cpp:2: catch2/catch.hpp is at home in nobody");
}

TEST_CASE("A library at home is fine, and tests may use any") {
    CHECK(libraries("keys/a.cpp", "openssl/evp.h").empty());
    CHECK(libraries("http/a.cpp", "boost/beast.hpp").empty());
    CHECK(libraries("lab/a.cpp", "boost/asio.hpp").empty());
    CHECK(libraries("dns/a.cpp", "unbound.h").empty());
    CHECK(libraries("keys/a.cpp", "boost/system/result.hpp").empty());
    CHECK(libraries("tests/store/a.cpp", "sqlite3.h").empty());
}

TEST_CASE("Whoever reads the time or draws a number outside the base is found") {
    for (const char* path : {"keys/a.cpp", "tests/keys/a.cpp"}) {
        const std::string begin = path + std::string(":2:");
        complains(calls(path,
                        "auto t = std::chrono::system_clock::"
                        "now();"),
                  begin);
        complains(calls(path,
                        "auto t = time("
                        "nullptr);"),
                  begin);
        complains(calls(path,
                        "auto t = std::time( "
                        "NULL );"),
                  begin);
        complains(calls(path,
                        "std::random_"
                        "device seed;"),
                  begin);
        complains(calls(path,
                        "int n = ra"
                        "nd() % 6;"),
                  begin);
        complains(calls(path,
                        "sra"
                        "nd(1);"),
                  begin);
    }
    CHECK(calls("base/clock.cpp",
                "auto t = system_clock::"
                "now();")
              .empty());
}

TEST_CASE("What only looks like it is left alone") {
    CHECK(calls("keys/a.cpp", "auto x = operand(1); auto t = run_time(nullptr); auto n = clock.now();")
              .empty());
    CHECK(calls("keys/a.cpp",
                "// never call ra"
                "nd() here")
              .empty());
    CHECK(calls("keys/a.cpp", "auto deadline = std::chrono::steady_clock::now();").empty());
}

TEST_CASE("A test that sleeps is found") {
    complains(calls("tests/api/a.cpp",
                    "std::this_thread::sleep_"
                    "for(1s);"),
              "tests/api/a.cpp:2: tests wait");
    complains(calls("tests/api/a.cpp",
                    "std::this_thread::sleep_"
                    "until(then);"),
              "tests/api/a.cpp:2:");
    complains(calls("tests/api/a.cpp",
                    "::uslee"
                    "p(1000);"),
              "tests/api/a.cpp:2:");
    complains(calls("tests/api/a.cpp",
                    "slee"
                    "p(1);"),
              "tests/api/a.cpp:2:");
    CHECK(calls("tests/api/a.cpp", "std::this_thread::yield();").empty());
}

TEST_CASE("A file of more than 700 lines is found") {
    const auto lines = [](std::size_t count) {
        std::string text;
        while (count-- > 0) text += "x\n";
        return text;
    };
    CHECK(check_length({"keys/a.cpp", lines(700)}).empty());
    complains(check_length({"keys/a.cpp", lines(701)}), "keys/a.cpp:701: 701 lines");
    complains(check_length({"keys/a.cpp", lines(700) + "x"}), "keys/a.cpp:701:");
    CHECK(count_lines({"keys/a.cpp", ""}) == 0);
}

TEST_CASE("A header without its comment or its guard is found") {
    CHECK(check_header({"keys/a.hpp", "// What it is.\n#pragma once\n"}).empty());
    complains(check_header({"keys/a.hpp", "#pragma once\n// What it is.\n"}),
              "keys/a.hpp:1: a header begins");
    complains(check_header({"keys/a.hpp", "\n// What it is.\n#pragma once\n"}),
              "keys/a.hpp:1: a header begins");
    complains(check_header({"keys/a.hpp", "// Has no #pragma once\n\nint x;\n"}),
              "keys/a.hpp:1: a header has");
    CHECK(check_header({"keys/a.hpp", ""}).size() == 2);
    CHECK(check_header({"keys/a.cpp", ""}).empty());
}

TEST_CASE("Two types of one name in one namespace are found") {
    const Source one{"lab/a/a.hpp",
                     "namespace custdkim::lab {\nstruct Zone {\n    struct Zone2 {};\n};\n}\n"};
    const Source other{"lab/b/b.hpp", "namespace custdkim::lab {\nclass Zone final : public X {\n"};
    const Source elsewhere{"zone/z.hpp", "namespace custdkim {\nclass Zone {\n"};
    CHECK(check_unique_types({one, elsewhere}).empty());
    CHECK(check_unique_types({one, other}) ==
          Complaints{"lab/b/b.hpp:2: custdkim::lab::Zone is defined in lab/a/a.hpp as well"});
}

TEST_CASE("What is unfinished, or of one machine, is found") {
    complains(check_leftovers({"keys/a.cpp",
                               "\n// TO"
                               "DO: more\n"}),
              "keys/a.cpp:2: something");
    complains(check_leftovers({"tests/a.cpp",
                               "// FIX"
                               "ME\n"}),
              "tests/a.cpp:1: something");
    complains(check_leftovers({"docs/a.md",
                               "see /wo"
                               "rk/main/keys\n"}),
              "docs/a.md:1: a path");
    CHECK(check_leftovers({"keys/a.cpp",
                           "// a network/wo"
                           "rk/day, toDo\n"})
              .size() == 1);  // rather too strict than blind
    CHECK(check_leftovers({"keys/a.cpp", "/var/lib/custdkim\n"}).empty());
}
