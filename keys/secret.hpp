// Bytes that must not be found lying about: zeroed when they go, never printed, never copied by accident,
// and, as long as there is room, in memory that is neither swapped nor dumped (mlock(2), MADV_DONTDUMP):
// OpenSSL's secure heap, where it puts the private numbers of keys, too. Not thread-safe, as any value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace custdkim {

class SecretBytes {
  public:
    SecretBytes() = default;
    explicit SecretBytes(std::size_t size);
    explicit SecretBytes(std::span<const std::uint8_t> bytes);
    SecretBytes(SecretBytes&& other) noexcept;
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    ~SecretBytes();

    std::span<std::uint8_t> span() { return {data_, size_}; }
    std::span<const std::uint8_t> span() const { return {data_, size_}; }
    std::uint8_t* data() { return data_; }
    const std::uint8_t* data() const { return data_; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

  private:
    std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
};

// Whether the system let us lock that memory; RLIMIT_MEMLOCK may forbid it. Without, all works the same.
bool secrets_are_locked();

// In a time that does not tell where they differ.
bool equal_secrets(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

}  // namespace custdkim
