#include "base/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace custdkim {

std::uint64_t Random::below(std::uint64_t bound) {
    // The first 2^64 mod bound values would make the low results likelier: draw again for those.
    const std::uint64_t unfair = -bound % bound;
    for (;;) {
        std::uint64_t value = 0;
        fill({reinterpret_cast<std::uint8_t*>(&value), sizeof value});
        if (value >= unfair) return value % bound;
    }
}

std::string Random::text(std::size_t length, std::string_view alphabet) {
    std::string out(length, ' ');
    for (char& c : out) c = alphabet[below(alphabet.size())];
    return out;
}

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw std::system_error(errno, std::generic_category(), "getrandom");
        bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
}

void SeededRandom::fill(std::span<std::uint8_t> bytes) {
    const std::lock_guard lock(mutex_);
    while (!bytes.empty()) {
        const std::uint64_t word = engine_();
        const std::size_t n = std::min(bytes.size(), sizeof word);
        std::memcpy(bytes.data(), &word, n);
        bytes = bytes.subspan(n);
    }
}

}  // namespace custdkim
