// What a signature costs, in CPU time of its thread, and what OpenSSL's alone costs.
//
//     signing_loop WHAT OCTETS SECONDS       prints how many a second of CPU time
//
// WHAT: `openssl`: RSA-2048 signatures of a digest, with a key that is read once, and nothing else
//       `openssl-pem`: the same, with the key read from PEM each time, as libopendkim does by itself
//       `opendkim`: what libopendkim alone takes to read such a message and to hash its body, nothing of ours
//       and no signature: with `openssl`, the most that signing through libopendkim can reach `rsa`,
//       `ed25519`, `both`: messages of so many octets, by sign_message()
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <time.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>

#include "keys/key_pair.hpp"
#include "keys/private_key_pem.hpp"
#include "sending/message_signing.hpp"
#include "sending/opendkim.hpp"

using namespace custdkim;

namespace {

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// A newsletter: lines as people write them.
std::string message(std::size_t octets) {
    std::string text =
        "From: \"Acme, Inc.\" <news@acme.example>\r\nTo: you@example.com\r\nSubject: What is new in June\r\n"
        "Date: Sat, 01 Jun 2024 12:00:00 +0000\r\nMessage-ID: <1@acme.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nReply-To: <help@acme.example>\r\n"
        "List-Unsubscribe: <https://acme.example/leave>\r\nList-Unsubscribe-Post: "
        "List-Unsubscribe=One-Click\r\n\r\n";
    while (text.size() < octets)
        text += "This is a line of the newsletter, with some twelve words in it or so.\r\n";
    return text;
}

EVP_PKEY* read_pem(const SecretBytes& pem) {
    BIO* const reader = BIO_new_mem_buf(pem.data(), -1);
    EVP_PKEY* const key = PEM_read_bio_PrivateKey(reader, nullptr, nullptr, nullptr);
    BIO_free(reader);
    return key;
}

void sign_digest(EVP_PKEY* key) {
    std::array<unsigned char, 32> digest{};
    std::array<unsigned char, 256> signature{};
    std::size_t size = signature.size();
    EVP_PKEY_CTX* const context = EVP_PKEY_CTX_new(key, nullptr);
    if (EVP_PKEY_sign_init(context) != 1 || EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) != 1 ||
        EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) != 1 ||
        EVP_PKEY_sign(context, signature.data(), &size, digest.data(), digest.size()) != 1) {
        std::abort();
    }
    EVP_PKEY_CTX_free(context);
}

// By libopendkim's rules: no signature is made, since dkim_eom() is never called.
void read_with_libopendkim(DKIM_LIB* library, std::string_view text) {
    const auto octets = [](std::string_view part) {
        return const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(part.data()));
    };
    DKIM_STAT status = DKIM_STAT_OK;
    DKIM* const handle =
        dkim_sign(library, octets("bench"), nullptr, octets("-"), octets("s1"), octets("acme.example"),
                  DKIM_CANON_RELAXED, DKIM_CANON_RELAXED, DKIM_SIGN_RSASHA256, -1, &status);
    if (!handle) std::abort();
    while (!text.starts_with("\r\n")) {
        const std::string_view field = text.substr(0, text.find("\r\n"));
        if (dkim_header(handle, octets(field), field.size()) != DKIM_STAT_OK) std::abort();
        text.remove_prefix(field.size() + 2);
    }
    text.remove_prefix(2);
    if (dkim_eoh(handle) != DKIM_STAT_OK || dkim_body(handle, octets(text), text.size()) != DKIM_STAT_OK) {
        std::abort();
    }
    dkim_free(handle);
}

SigningKey signing_key(const KeyPair& pair) {
    return {"acme.example", "s1",
            std::make_shared<const PrivateKey>(PrivateKey::read(pair.type, pair.private_key.span()).value())};
}

}  // namespace

int main(int argc, char** argv) {
    const KeyPair rsa = generate_key_pair(KeyType::rsa_2048).value();
    const KeyPair ed25519 = generate_key_pair(KeyType::ed25519).value();
    const std::vector<SigningKey> keys{signing_key(rsa), signing_key(ed25519)};
    const SecretBytes pem = private_key_pem(rsa.private_key.span());
    EVP_PKEY* const key = read_pem(pem);
    DKIM_LIB* const library = dkim_init(nullptr, nullptr);
    const std::string text = message(argc == 4 ? std::strtoul(argv[2], nullptr, 10) : 0);
    const auto sign = [&](std::span<const SigningKey> with) {
        if (!sign_message(text, with, {Timestamp(Duration(1717243200)), {}})) std::abort();
    };
    const std::map<std::string, std::function<void()>> all{
        {"openssl", [&] { sign_digest(key); }},
        {"openssl-pem",
         [&] {
             EVP_PKEY* const once = read_pem(pem);
             sign_digest(once);
             EVP_PKEY_free(once);
         }},
        {"opendkim", [&] { read_with_libopendkim(library, text); }},
        {"rsa",
         [&] {
             sign({keys.data(), 1});
         }},
        {"ed25519",
         [&] {
             sign({keys.data() + 1, 1});
         }},
        {"both", [&] { sign(keys); }},
    };
    const auto what = argc == 4 ? all.find(argv[1]) : all.end();
    if (what == all.end()) {
        std::fputs("usage: signing_loop openssl|openssl-pem|opendkim|rsa|ed25519|both OCTETS SECONDS\n",
                   stderr);
        return 2;
    }
    for (int warm_up = 0; warm_up < 20; ++warm_up) what->second();
    const double begin = cpu_seconds(), length = std::atof(argv[3]);
    long made = 0;
    for (; cpu_seconds() - begin < length; ++made) what->second();
    std::printf("%.3f\n", static_cast<double>(made) / (cpu_seconds() - begin));
    dkim_close(library);
    EVP_PKEY_free(key);
}
