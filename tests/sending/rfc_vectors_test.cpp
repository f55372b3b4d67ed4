// The messages and keys of RFC 6376 appendices A and C and of RFC 8463 appendix A: the verifier that the
// other tests trust takes what the RFCs signed, and what we sign with the RFCs' private keys verifies with
// the public keys that the RFCs publish.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "fixture_keys.hpp"
#include "tests/support/source_dir.hpp"
#include "verifier.hpp"

namespace custdkim::test {

namespace {

std::string file(const std::string& name) {
    std::ifstream stream(source_dir() + "/tests/sending/rfc/" + name);
    REQUIRE(stream);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::shared_ptr<const PrivateKey> private_key(KeyType type, const std::string& name) {
    std::string text = file(name);
    text = text.substr(text.find('\n'), text.rfind("-----END") - text.find('\n'));
    text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
    return std::make_shared<const PrivateKey>(
        PrivateKey::read(type, from_base64(text).value().span()).value());
}

const std::string rfc6376_rsa =
    "v=DKIM1; "
    "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG"
    "9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/"
    "NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQ"
    "PNUYckcQ2QIDAQAB";
const std::string rfc8463_rsa =
    "v=DKIM1; k=rsa; "
    "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi"
    "Y/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/"
    "8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2"
    "kryOTIKT+l/K4w3QIDAQAB";
const std::string rfc8463_ed25519 = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

const KeyRecords records6376{{"brisbane._domainkey.example.com", rfc6376_rsa}};
const KeyRecords records8463{{"brisbane._domainkey.football.example.com", rfc8463_ed25519},
                             {"test._domainkey.football.example.com", rfc8463_rsa}};

// Without the signatures in front.
std::string unsigned_part(const std::string& message) { return message.substr(message.find("From: ")); }

std::string tampered(std::string message) { return message.replace(message.find("dinner"), 6, "supper"); }
std::string tampered_body(std::string message) {
    return message.replace(message.find("hungry"), 6, "thirsty");
}

}  // namespace

TEST_CASE("The signed message of RFC 6376 verifies, and not when it is changed") {
    const std::string message = as_sent(file("rfc6376.eml"));
    CHECK(verify_each(message, records6376) == Verdicts{"pass"});
    CHECK(verify(tampered(message), records6376) != "pass");
    CHECK(verify(tampered_body(message), records6376) != "pass");
}

TEST_CASE("Both signatures of the message of RFC 8463 verify, and neither when it is changed") {
    const std::string message = as_sent(file("rfc8463.eml"));
    CHECK(verify_each(message, records8463) == Verdicts{"pass", "pass"});
    for (const std::string& changed : {tampered(message), tampered_body(message)}) {
        for (const std::string& verdict : verify_each(changed, records8463)) CHECK(verdict != "pass");
    }
}

TEST_CASE("What we sign with the private key of RFC 6376 verifies with its public key") {
    const SigningKey key{"example.com", "brisbane", private_key(KeyType::rsa_1024, "rfc6376.pem")};
    const std::string message = as_sent(unsigned_part(file("rfc6376.eml")));
    const std::string header = sign_with(key, message).value();
    CHECK(tag_of(header, "bh") == "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
    CHECK(verify(header + message, records6376) == "pass");
    CHECK(verify(header + tampered(message), records6376) != "pass");
}

TEST_CASE("What we sign with both private keys of RFC 8463 verifies with its public keys") {
    const std::vector<SigningKey> keys{
        {"football.example.com", "test", private_key(KeyType::rsa_1024, "rfc8463-rsa.pem")},
        {"football.example.com", "brisbane", private_key(KeyType::ed25519, "rfc8463-ed25519.pem")}};
    const std::string message = as_sent(unsigned_part(file("rfc8463.eml")));
    const auto fields = sign_message(message, keys, {some_day, {}}).value();
    for (const std::string& field : fields) {
        CHECK(tag_of(field, "bh") == "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
    }
    CHECK(verify_each(fields[0] + fields[1] + message, records8463) == Verdicts{"pass", "pass"});
    for (const std::string& verdict : verify_each(fields[0] + fields[1] + tampered(message), records8463)) {
        CHECK(verdict != "pass");
    }
}

}  // namespace custdkim::test
