#include <catch2/catch.hpp>
#include <fstream>

#include "keys/sealing.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace custdkim;
using Catch::Matchers::Contains;
using std::filesystem::perms;

namespace {

// 32 octets, 0 to 31.
const std::string base64_key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

class MasterKeyFile {
  public:
    explicit MasterKeyFile(std::string_view content, perms mode = perms::owner_read | perms::owner_write) {
        std::ofstream(path(), std::ios::binary) << content;
        std::filesystem::permissions(path(), mode);
    }
    std::filesystem::path path() const { return directory_ / "master.key"; }
    std::string refusal() const {
        const auto key = read_master_key(path());
        REQUIRE(key.has_error());
        CHECK(to_string(key.error().code) == "invalid");
        CHECK_THAT(key.error().detail, Contains(path().string()));
        return key.error().detail;
    }

  private:
    test::TemporaryDirectory directory_;
};

}  // namespace

TEST_CASE("A master key is one line of base64, with or without white space at its end") {
    const std::string end = GENERATE("", "\n", "\r\n", "\n\n", " \n");
    const SecretBytes key = read_master_key(MasterKeyFile(base64_key + end).path()).value();
    REQUIRE(key.size() == 32);
    for (std::uint8_t i = 0; i < 32; ++i) CHECK(key.data()[i] == i);
}

TEST_CASE("A master key that only its owner may read is fine") {
    CHECK(read_master_key(MasterKeyFile(base64_key, perms::owner_read).path()).has_value());
}

TEST_CASE("A master key that others may touch is refused, and the refusal says what to run") {
    const perms extra =
        GENERATE(perms::group_read, perms::others_read, perms::group_write, perms::others_write,
                 perms::others_exec, perms::group_read | perms::others_read);
    const MasterKeyFile file(base64_key, perms::owner_read | perms::owner_write | extra);
    CHECK_THAT(file.refusal(), Contains("may be read by others") && Contains("chmod"));
    const MasterKeyFile readable(base64_key, perms(0644));
    CHECK_THAT(readable.refusal(), Contains("0644") && (Contains("chmod 600") || Contains("chmod 0600")));
}

TEST_CASE("A missing master key is refused with the command that makes one") {
    const test::TemporaryDirectory directory;
    const auto key = read_master_key(directory / "none");
    REQUIRE(key.has_error());
    CHECK_THAT(key.error().detail, Contains("No such file") && Contains("openssl rand -base64 32"));
}

TEST_CASE("A directory is no master key") {
    const test::TemporaryDirectory directory;
    const auto key = read_master_key(directory.path());
    REQUIRE(key.has_error());
    CHECK_THAT(key.error().detail, Contains("not a regular file"));
}

TEST_CASE("A master key of another length is refused") {
    const std::string content =
        GENERATE("", "\n", "AAECAwQFBgcICQoLDA0ODw==", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==",
                 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g");
    CHECK_THAT(MasterKeyFile(content).refusal(), Contains("32 bytes as one line of base64"));
}

TEST_CASE("A master key that is not base64 is refused, and not shown") {
    const std::string content = GENERATE("this is a pass phrase, not a key", "\x01\x02\x03\x04",
                                         "AAECAwQFBgcICQoLDA0ODxAR\nEhMUFRYXGBkaGxwdHh8=");
    const std::string refusal = MasterKeyFile(content).refusal();
    CHECK_THAT(refusal, Contains("32 bytes as one line of base64"));
    CHECK(refusal.find(content) == std::string::npos);
}

TEST_CASE("A file that is far too long is no master key, whatever it begins with") {
    CHECK_FALSE(MasterKeyFile(base64_key + "\n" + std::string(100000, 'A')).refusal().empty());
    CHECK_FALSE(MasterKeyFile(base64_key + std::string(1000, '\n') + "x").refusal().empty());
}
