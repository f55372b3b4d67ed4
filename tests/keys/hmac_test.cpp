#include "keys/hmac.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace custdkim;

namespace {

std::string hex(const HmacSha256& bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : bytes) text += {digits[byte >> 4], digits[byte & 15]};
    return text;
}

SecretBytes secret(std::string_view text) {
    return SecretBytes({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace

TEST_CASE("HMAC-SHA256 is that of RFC 4231 section 4") {
    CHECK(hex(hmac_sha256(secret("Jefe"), "what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hex(hmac_sha256(secret(std::string(20, '\x0b')), "Hi There")) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(hex(hmac_sha256(secret(std::string(131, '\xaa')),
                          "Test Using Larger Than Block-Size Key - Hash Key First")) ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}
