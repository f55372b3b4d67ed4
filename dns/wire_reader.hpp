// Reads a message from its front (RFC 1035 section 4). What is not there reads as 0 and makes the reader
// fail, for good. Work and memory are bounded whatever the message holds: pointers lead backwards only, and
// the text that is made of it has a limit, so that a few octets cannot name a long name thousands of times
// over. Not thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace custdkim::dns {

class WireReader {
  public:
    explicit WireReader(std::span<const std::uint8_t> message) : message_(message) {}

    bool failed() const { return failed_; }
    std::size_t position() const { return position_; }
    // What comes next contradicts itself.
    void fail() { failed_ = true; }

    std::uint32_t number(unsigned octets);
    std::uint8_t octet() { return static_cast<std::uint8_t>(number(1)); }
    std::uint16_t word() { return static_cast<std::uint16_t>(number(2)); }
    std::string_view octets(std::size_t count);

    // A name in presentation form, absolute, in the case in which it came; escaped as dig does it.
    std::string name();

    // Counts text that was made of the message.
    void spend(std::size_t characters);

  private:
    bool take(std::size_t count);

    // Sixteen times what the largest message has: more than escapes (four to one) and honest compression
    // need.
    static constexpr std::size_t most_text = 1 << 19;

    std::span<const std::uint8_t> message_;
    std::size_t position_ = 0;
    std::size_t text_left_ = most_text;
    bool failed_ = false;
};

}  // namespace custdkim::dns
