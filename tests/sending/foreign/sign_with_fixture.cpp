// sign_with_fixture record TYPE: prints the key record of a fixture pair of this type.
// sign_with_fixture sign TYPE < message: prints the message's DKIM-Signature header field.

#include <iostream>
#include <iterator>
#include <string>

#include "keys/key_record.hpp"
#include "sending/message_signing.hpp"
#include "tests/support/fixture_pairs.hpp"

using namespace custdkim;

int main(int argc, char** argv) {
    const std::string verb = argc == 3 ? argv[1] : "";
    const auto type = parse_key_type(argc == 3 ? argv[2] : "");
    if (!type || (verb != "record" && verb != "sign")) return 2;
    const KeyPair pair = test::fixture_pair(*type);
    if (verb == "record") {
        std::cout << key_record_text(*type, pair.public_key);
        return 0;
    }
    const std::string message(std::istreambuf_iterator<char>(std::cin), {});
    const SigningKey key{
        "acme.example", "s1",
        std::make_shared<const PrivateKey>(PrivateKey::read(*type, pair.private_key.span()).value())};
    constexpr Timestamp some_day(Duration(1717243200));
    const auto fields = sign_message(message, {&key, 1}, {some_day, {}});
    if (!fields) {
        std::cerr << fields.error().detail << std::endl;
        return 1;
    }
    std::cout << fields->front() << std::flush;
}
