// Chance, injected: nothing outside base draws a random number. (OpenSSL makes key pairs with its own
// generator.) Thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <random>
#include <span>
#include <string>
#include <string_view>

namespace custdkim {

class Random {
  public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> bytes) = 0;

    // Uniform in [0, bound), without modulo bias. bound > 0.
    std::uint64_t below(std::uint64_t bound);
    // `length` characters, each drawn uniformly from `alphabet`.
    std::string text(std::size_t length, std::string_view alphabet);
};

// The kernel's generator; throws std::system_error when the kernel has none to give.
class SystemRandom final : public Random {
  public:
    void fill(std::span<std::uint8_t> bytes) override;
};

// Repeatable, for tests and simulations. Never for secrets.
class SeededRandom final : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
    void fill(std::span<std::uint8_t> bytes) override;

  private:
    std::mutex mutex_;
    std::mt19937_64 engine_;
};

}  // namespace custdkim
