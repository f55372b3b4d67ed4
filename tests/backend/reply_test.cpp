// JSON as we write it, read back by another library.
#include "backend/reply.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "backend/record_json.hpp"
#include "base/random.hpp"

namespace custdkim::test {

using namespace backend;

namespace {

std::string in_json(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

struct OneReply final : Reply {
    int spills = 0;
    void spill() override { ++spills; }
};

}  // namespace

TEST_CASE("A JSON string has its quotes and escapes no more than it must") {
    CHECK(in_json("") == R"("")");
    CHECK(in_json("s1.q7w2ka") == R"("s1.q7w2ka")");
    CHECK(in_json(R"("v=DKIM1; p=a/b+c=" "d")") == R"("\"v=DKIM1; p=a/b+c=\" \"d\"")");
    CHECK(in_json("a\\.b\\032c") == R"("a\\.b\\032c")");
    CHECK(in_json(std::string_view("\0\x01\x1f\n\x7f", 5)) == "\"\\u0000\\u0001\\u001f\\u000a\x7f\"");
    CHECK(in_json("m\xc3\xbcller") == "\"m\xc3\xbcller\"");
}

TEST_CASE("Every ASCII character comes back through another JSON library") {
    std::string text;
    for (char c = 0; c < 127; ++c) text += c;
    text += "\x7f \xe2\x82\xac \xf0\x9f\x94\x91";
    CHECK((nlohmann::json::parse(in_json(text)) == text));
    for (const char c : text.substr(0, 128)) {
        const std::string one(1, c);
        CHECK((nlohmann::json::parse(in_json(one)) == one));
    }
}

TEST_CASE("Any ASCII text comes back through another JSON library") {
    std::string alphabet;
    for (char c = 0; c < 127; ++c) alphabet += c;
    alphabet += std::string(40, '"') + std::string(40, '\\');
    SeededRandom random(20260101);
    for (int i = 0; i < 2000; ++i) {
        const std::string text = random.text(random.below(40), alphabet);
        if (nlohmann::json::parse(in_json(text)) != text) FAIL("came back otherwise: " << in_json(text));
    }
}

TEST_CASE("What is appended leaves what was there") {
    std::string out = "x";
    append_json_string(out, "a\"b");
    append_number(out, -7);
    CHECK(out == "x\"a\\\"b\"-7");
}

TEST_CASE("Numbers are written as they are") {
    const std::int64_t number = GENERATE(0L, 7L, -7L, 4294967295L, std::numeric_limits<std::int64_t>::max(),
                                         std::numeric_limits<std::int64_t>::min());
    std::string out;
    append_number(out, number);
    CHECK(out == std::to_string(number));
}

TEST_CASE("Records become elements of an array with numbers for TTL and auth") {
    OneReply reply;
    reply.text = "[";
    RecordJson records(reply, 7);
    records.add({"s1.q7w2ka.custdkim.example.net", "TXT", 300, "\"a\" \"b\""});
    records.between_batches();
    records.add({"q7w2ka.custdkim.example.net", "", 4294967295U, ""});
    reply.text += "]";
    CHECK(reply.spills == 1);
    const auto array = nlohmann::json::parse(reply.text);
    REQUIRE(array.size() == 2);
    const nlohmann::json first = {{"qtype", "TXT"},           {"qname", "s1.q7w2ka.custdkim.example.net"},
                                  {"content", "\"a\" \"b\""}, {"ttl", 300},
                                  {"domain_id", 7},           {"auth", 1}};
    CHECK((array[0] == first));
    CHECK((array[1]["qtype"] == ""));
    CHECK((array[1]["ttl"] == 4294967295U));
    for (const auto& record : array) {
        CHECK(record["ttl"].is_number_unsigned());
        CHECK(record["auth"].is_number_unsigned());
        CHECK(record["domain_id"].is_number_unsigned());
    }
}

TEST_CASE("Glue and delegations are written with 0 for auth, which PowerDNS would read as 1 were it false") {
    OneReply reply;
    RecordJson(reply, 7).add({"ns.b.example", "A", 60, "192.0.2.1", false});
    CHECK((nlohmann::json::parse(reply.text)["auth"] == 0));
}

}  // namespace custdkim::test
