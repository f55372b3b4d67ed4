#include "service/token_file.hpp"

#include <algorithm>

#include "keys/secret_file.hpp"

namespace custdkim {

namespace {

constexpr std::size_t min_length = 16;

}  // namespace

Result<SecretBytes> read_token_file(const std::filesystem::path& file) {
    constexpr std::string_view how_to_make = "; make one with: (umask 027; openssl rand -hex 32 > FILE)";
    auto token = read_secret_file(file, "the token file", 007);
    if (!token) {
        std::error_code ignored;
        if (std::filesystem::exists(file, ignored)) return token.error();
        return invalid(token.error().detail + std::string(how_to_make));
    }
    const auto visible = [](std::uint8_t c) { return c > ' ' && c < 0x7f; };
    const auto bytes = token->span();
    if (bytes.size() < min_length || !std::all_of(bytes.begin(), bytes.end(), visible)) {
        return invalid("the token file " + file.string() + " must hold one line of at least " +
                       std::to_string(min_length) + " visible characters" + std::string(how_to_make));
    }
    return token;
}

}  // namespace custdkim
