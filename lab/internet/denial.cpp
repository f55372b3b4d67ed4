#include "lab/internet/denial.hpp"

#include <map>

#include "lab/internet/names.hpp"

namespace custdkim::lab {

namespace {

constexpr std::size_t max_label = 63, max_name = 255;

// What sorts just before and just after a label, as near as it gets with labels of 63 octets and names of
// 255.
std::string before(std::string label, bool has_room) {
    auto last = static_cast<unsigned char>(label.back());
    if (last == 0) {
        label.pop_back();
        return label.empty() ? std::string(1, '\0') : label;
    }
    --last;
    if (last >= 'A' && last <= 'Z') last = 'A' - 1;  // capitals count as small letters, which sort later
    label.back() = static_cast<char>(last);
    if (has_room) label += '\xff';
    return label;
}

std::string after(std::string label, bool has_room) {
    if (has_room) return label + '\0';
    while (label.size() > 1 && label.back() == '\xff') label.pop_back();
    auto last = static_cast<unsigned char>(label.back());
    ++last;
    if (last >= 'A' && last <= 'Z') last = 'Z' + 1;
    label.back() = static_cast<char>(last);
    return label;
}

}  // namespace

std::string nsec_rdata(const WireName& next, const std::set<std::uint16_t>& types) {
    std::map<std::uint8_t, std::string> windows;
    for (const std::uint16_t type : types) {
        std::string& bits = windows[static_cast<std::uint8_t>(type >> 8)];
        const std::size_t octet = (type & 0xff) / 8;
        if (bits.size() <= octet) bits.resize(octet + 1, '\0');
        bits[octet] = static_cast<char>(static_cast<unsigned char>(bits[octet]) | 0x80 >> (type & 7));
    }
    std::string rdata = next;
    for (const auto& [window, bits] : windows) {
        rdata += static_cast<char>(window);
        rdata += static_cast<char>(bits.size());
        rdata += bits;
    }
    return rdata;
}

ResourceRecord narrow_nsec(const WireName& name, std::set<std::uint16_t> types, std::uint32_t ttl) {
    types.insert({type::nsec, type::rrsig});
    const bool has_room = name.size() + 2 <= max_name;
    const WireName next = has_room ? below(std::string_view("\0", 1), name) : name;
    return {name, type::nsec, ttl, nsec_rdata(next, types)};
}

ResourceRecord covering_nsec(const WireName& folded, std::uint32_t ttl) {
    const std::string label = folded.substr(1, static_cast<unsigned char>(folded[0]));
    const WireName above = parent(folded);
    const bool has_room = label.size() < max_label && folded.size() < max_name;
    return {below(before(label, has_room), above), type::nsec, ttl,
            nsec_rdata(below(after(label, has_room), above), {type::nsec, type::rrsig})};
}

}  // namespace custdkim::lab
