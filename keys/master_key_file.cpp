#include "keys/sealing.hpp"
#include "keys/secret_file.hpp"

namespace custdkim {

namespace {

constexpr std::size_t master_key_size = 32;
constexpr std::string_view how_to_make = "; make one with: (umask 077; openssl rand -base64 32 > FILE)";

}  // namespace

Result<SecretBytes> read_master_key(const std::filesystem::path& file) {
    const auto line = read_secret_file(file, "the master key file", 077);
    if (!line) {
        std::error_code ignored;
        if (std::filesystem::exists(file, ignored)) return line.error();
        return invalid(line.error().detail + std::string(how_to_make));
    }
    auto key = from_base64(text_of(*line));
    if (!key || key->size() != master_key_size) {
        return invalid("the master key file " + file.string() + " must hold 32 bytes as one line of base64" +
                       std::string(how_to_make));
    }
    return key;
}

}  // namespace custdkim
