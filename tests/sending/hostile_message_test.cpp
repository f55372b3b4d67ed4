// Messages that mean harm: a sentence each, never a crash. Sanitizers watch.
#include <catch2/catch.hpp>
#include <random>

#include "fixture_keys.hpp"
#include "verifier.hpp"

namespace custdkim::test {

namespace {

Result<std::string> sign(std::string_view message) {
    return sign_with(fixture_key(KeyType::ed25519), message);
}

void check_refused(const std::string& message) {
    CAPTURE(message.substr(0, 60), message.size());
    const auto signature = sign(message);
    REQUIRE(signature.has_error());
    CHECK(signature.error().code == Errc::invalid);
    CHECK_FALSE(signature.error().detail.empty());
}

}  // namespace

TEST_CASE("Headers far too large are refused") {
    const std::size_t ten_megabytes = 10'000'000;
    check_refused("From: a@acme.example\nSubject: " + std::string(ten_megabytes, 'x') + "\n\nbody\n");
    check_refused(std::string(ten_megabytes, 'x'));
    check_refused("From: a@acme.example\n" + std::string(ten_megabytes, ' '));
    std::string folds = "From: a@acme.example\nSubject:\n", fields = "From: a@acme.example\n",
                names = "From: (";
    while (folds.size() < ten_megabytes) folds += " x\n";
    while (fields.size() < ten_megabytes) fields += "Subject:x\n";
    while (names.size() < ten_megabytes) names += "((((((((\n ";
    check_refused(folds + "\nbody\n");
    check_refused(fields + "\nbody\n");
    check_refused(names + "\nbody\n");
}

TEST_CASE("What is no mail is refused") {
    for (const std::string& message :
         {std::string(), std::string(1, '\0'), std::string(5000, '\0'), std::string(5000, '\n'),
          std::string(5000, '\r'), std::string(5000, ':'), std::string("\x7F\x45LF\x02\x01\x01\0\0", 9),
          std::string("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"), std::string("{\"from\": \"a@acme.example\"}"),
          std::string("GET / HTTP/1.1\r\nFrom: a@acme.example\r\n\r\n")}) {
        check_refused(message);
    }
}

TEST_CASE("Whatever octets come, they are signed so that it verifies, or refused") {
    std::mt19937 draw(20240601);
    const KeyRecords records = record_of(fixture_pair(KeyType::ed25519), "acme.example", "s1");
    const std::string good =
        "From: \"Acme\" (c) <a@acme.example>\r\nTo: x@y.z,\r\n b@c.d\r\nSubject: s\r\n\r\n a  b "
        "\r\n\r\nc\r\n";
    const std::string spice = "\r\n\t :;=<>@\"\\(),[]\0\x80\xC3\xA9xF";
    unsigned passed = 0;
    for (unsigned n = 0; n < 4000; ++n) {
        std::string message = good;
        for (unsigned changes = 1 + draw() % 4; changes > 0; --changes) {
            const std::size_t at = draw() % message.size();
            const char c = spice[draw() % spice.size()];
            if (draw() % 3 == 0) {
                message.erase(at, 1 + draw() % 3);
            } else if (draw() % 2 == 0) {
                message[at] = c;
            } else {
                message.insert(at, 1, c);
            }
        }
        const auto header = sign(message);
        if (!header) {
            CHECK(header.error().code == Errc::invalid);
            continue;
        }
        CAPTURE(message);
        CHECK(verify(*header + as_sent(message), records) == "pass");
        ++passed;
    }
    CHECK(passed > 500);
}

}  // namespace custdkim::test
