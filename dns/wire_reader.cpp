#include "dns/wire_reader.hpp"

#include <algorithm>

#include "dns/name.hpp"
#include "dns/presentation.hpp"

namespace custdkim::dns {

namespace {

constexpr unsigned pointer_bits = 0xc0;
constexpr std::size_t header_size = 12;
constexpr unsigned most_pointers = 128;  // one for each label that a name can have

}  // namespace

bool WireReader::take(std::size_t count) {
    failed_ = failed_ || position_ > message_.size() || message_.size() - position_ < count;
    if (!failed_) position_ += count;
    return !failed_;
}

std::uint32_t WireReader::number(unsigned octets) {
    if (!take(octets)) return 0;
    std::uint32_t value = 0;
    for (unsigned i = octets; i > 0; --i) value = value << 8 | message_[position_ - i];
    return value;
}

std::string_view WireReader::octets(std::size_t count) {
    if (!take(count)) return {};
    return {reinterpret_cast<const char*>(message_.data()) + position_ - count, count};
}

void WireReader::spend(std::size_t characters) {
    failed_ = failed_ || characters > text_left_;
    text_left_ -= std::min(characters, text_left_);
}

std::string WireReader::name() {
    std::string text;
    std::size_t length = 1, lowest = position_, behind_pointer = 0;
    for (unsigned pointers = 0;;) {
        const unsigned size = octet();
        if (failed_) return {};
        if (size == 0) break;
        if ((size & pointer_bits) == pointer_bits) {
            const std::size_t target = (size & ~pointer_bits) << 8 | octet();
            if (behind_pointer == 0) behind_pointer = position_;
            // RFC 1035 section 4.1.4: to a prior occurrence. What leads forward, or here, may never end.
            if (target >= lowest || target < header_size || ++pointers > most_pointers) fail();
            if (failed_) return {};
            lowest = position_ = target;
            continue;
        }
        length += size + 1;
        if (size > max_label_length || length > max_wire_length) fail();
        for (const char c : octets(size)) append_escaped(c, "\"$().;@\\", '!', text);
        text += '.';
    }
    if (behind_pointer != 0) position_ = behind_pointer;
    if (text.empty()) text = ".";
    spend(text.size());
    return text;
}

}  // namespace custdkim::dns
