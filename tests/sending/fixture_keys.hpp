// Signing keys out of the fixture pairs, and what tests sign with them.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "sending/message_signing.hpp"
#include "tests/support/fixture_pairs.hpp"

namespace custdkim::test {

inline constexpr Timestamp some_day(
    Duration(1717243200));  // 2024-06-01T12:00:00Z: verifiers distrust the future

inline SigningKey fixture_key(KeyType type, unsigned n = 0, const std::string& selector = "s1",
                              const std::string& domain = "acme.example") {
    const KeyPair pair = fixture_pair(type, n);
    return {domain, selector,
            std::make_shared<const PrivateKey>(PrivateKey::read(type, pair.private_key.span()).value())};
}

// Catch's checks are for one thread only: this is called by several.
inline Result<std::string> sign_with(const SigningKey& key, std::string_view message) {
    auto made = sign_message(message, {&key, 1}, {some_day, {}});
    if (!made) return made.error();
    if (made->size() != 1) throw std::logic_error("one key makes one signature");
    return std::move(made->front());
}

// As SMTP carries it: whole lines that end in CRLF.
inline std::string as_sent(std::string_view message) {
    std::string sent;
    for (const char c : message) {
        if (c == '\n' && !sent.ends_with('\r')) sent += '\r';
        sent += c;
    }
    if (!sent.ends_with('\n')) sent += "\r\n";
    return sent;
}

// The value of a tag of a DKIM-Signature, without white space; "(none)".
inline std::string tag_of(const std::string& header, const std::string& name) {
    std::string flat;
    for (const char c : header.substr(header.find(':') + 1)) {
        if (c != '\r' && c != '\n' && c != '\t' && c != ' ') flat += c;
    }
    flat = ";" + flat + ";";
    const auto at = flat.find(";" + name + "=");
    if (at == std::string::npos) return "(none)";
    const auto begin = at + name.size() + 2;
    return flat.substr(begin, flat.find(';', begin) - begin);
}

}  // namespace custdkim::test
