#include "keys/key_record.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "keys/key_pair.hpp"
#include "tests/support/fixture_pairs.hpp"

using namespace custdkim;

namespace {

std::string presentation(KeyType type, std::span<const std::uint8_t> public_key) {
    std::string out;
    append_key_record(out, type, public_key);
    return out;
}

// The character-strings of a presentation: everything between quotes, with single spaces between them.
std::vector<std::string> strings_of(std::string_view text) {
    std::vector<std::string> strings;
    while (!text.empty()) {
        if (!strings.empty()) {
            REQUIRE(text.front() == ' ');
            text.remove_prefix(1);
        }
        REQUIRE(text.front() == '"');
        const std::size_t end = text.find('"', 1);
        REQUIRE(end != std::string_view::npos);
        strings.emplace_back(text.substr(1, end - 1));
        text.remove_prefix(end + 1);
    }
    return strings;
}

}  // namespace

TEST_CASE("A key record has its version first, its kind, and its key in base64") {
    const Bytes key = test::fixture_pair(KeyType::rsa_2048).public_key;
    CHECK(key_record_text(KeyType::rsa_2048, key) == "v=DKIM1; k=rsa; p=" + to_base64(key));
    const Bytes ed25519 = test::fixture_pair(KeyType::ed25519).public_key;
    CHECK(key_record_text(KeyType::ed25519, ed25519) == "v=DKIM1; k=ed25519; p=" + to_base64(ed25519));
}

TEST_CASE("The strings of a record have at most 255 octets and join to its text") {
    const KeyType type = GENERATE(KeyType::rsa_1024, KeyType::rsa_2048, KeyType::rsa_4096, KeyType::ed25519);
    const Bytes key = test::fixture_pair(type).public_key;
    const auto strings = strings_of(presentation(type, key));
    const std::string text = key_record_text(type, key);
    std::string joined;
    for (const std::string& string : strings) {
        CHECK(string.size() <= 255);
        CHECK_FALSE(string.empty());
        joined += string;
    }
    CHECK(joined == text);
    CHECK(strings.size() == (text.size() + 254) / 255);
}

TEST_CASE("Short keys need a single string, long ones more") {
    const auto count = [](KeyType type) {
        return strings_of(presentation(type, test::fixture_pair(type).public_key)).size();
    };
    CHECK(count(KeyType::ed25519) == 1);
    CHECK(count(KeyType::rsa_1024) == 1);
    CHECK(count(KeyType::rsa_2048) == 2);
    CHECK(count(KeyType::rsa_4096) == 3);
}

TEST_CASE("No string is cut too early, too late or left empty, at any length of the key") {
    for (std::size_t size = 0; size < 800; ++size) {
        const Bytes key(size, 0xff);
        const std::string text = key_record_text(KeyType::rsa_2048, key);
        const auto strings = strings_of(presentation(KeyType::rsa_2048, key));
        std::string joined;
        bool full = true;
        for (std::size_t i = 0; i < strings.size(); ++i) {
            full = full && (i + 1 == strings.size() ? !strings[i].empty() : strings[i].size() == 255);
            joined += strings[i];
        }
        if (!full || joined != text || strings.back().size() > 255)
            FAIL_CHECK("a key of " << size << " octets");
    }
}

TEST_CASE("A revoked record has no key, and still says its kind") {
    CHECK(key_record_text(KeyType::rsa_2048, {}) == "v=DKIM1; k=rsa; p=");
    CHECK(presentation(KeyType::rsa_2048, {}) == "\"v=DKIM1; k=rsa; p=\"");
    CHECK(presentation(KeyType::ed25519, {}) == "\"v=DKIM1; k=ed25519; p=\"");
}

TEST_CASE("A record is appended behind what is there, its strings counted from its own start") {
    const Bytes key = test::fixture_pair(KeyType::rsa_4096).public_key;
    std::string out(1000, 'x');
    append_key_record(out, KeyType::rsa_4096, key);
    CHECK(out == std::string(1000, 'x') + presentation(KeyType::rsa_4096, key));
}
