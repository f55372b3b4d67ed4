#include <catch2/catch.hpp>

#include "base/random.hpp"
#include "keys/key_pair.hpp"

using namespace custdkim;

namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string decoded(std::string_view base64) {
    const SecretBytes bytes = from_base64(base64).value();
    return {bytes.span().begin(), bytes.span().end()};
}

}  // namespace

TEST_CASE("Base64 gives the test vectors of RFC 4648 section 10") {
    const auto [plain, coded] = GENERATE(table<std::string, std::string>({{"f", "Zg=="},
                                                                          {"fo", "Zm8="},
                                                                          {"foo", "Zm9v"},
                                                                          {"foob", "Zm9vYg=="},
                                                                          {"fooba", "Zm9vYmE="},
                                                                          {"foobar", "Zm9vYmFy"}}));
    CHECK(to_base64(bytes_of(plain)) == coded);
    CHECK(decoded(coded) == plain);
}

TEST_CASE("Nothing is coded as nothing, and nothing is no secret") {
    CHECK(to_base64({}).empty());
    CHECK(from_base64("").has_error());
}

TEST_CASE("Base64 of any length reads back") {
    SeededRandom random(1);
    const std::size_t size = GENERATE(range(1U, 70U));
    Bytes bytes(size);
    random.fill(bytes);
    const std::string coded = to_base64(bytes);
    CHECK(coded.size() == (size + 2) / 3 * 4);
    const SecretBytes back = from_base64(coded).value();
    CHECK(std::ranges::equal(back.span(), bytes));
}

TEST_CASE("All 64 characters are used, and none of the URL alphabet") {
    const Bytes bytes{0xfb, 0xff, 0xbf};
    CHECK(to_base64(bytes) == "+/+/");
    CHECK(from_base64("-_-_").has_error());
}

TEST_CASE("Base64 is appended behind what is there") {
    std::string out = "p=";
    append_base64(out, bytes_of("foob"));
    CHECK(out == "p=Zm9vYg==");
}

TEST_CASE("Anything that is not base64 to the letter is refused") {
    const std::string text =
        GENERATE("Z", "Zg", "Zg=", "Zg===", "Z===", "====", "=Zg=", "Zg==Zg==", "Zm=v", "Zm9vZg=", "Zm9v\n",
                 "Zm9\n", " Zm9", "Zm 9", "Zm9*", "Zm9\xc3", "Z\x80==");
    INFO("text: '" << text << "'");
    CHECK(from_base64(text).has_error());
}

TEST_CASE("A NUL is no base64") { CHECK(from_base64(std::string_view("Zm9\0", 4)).has_error()); }
