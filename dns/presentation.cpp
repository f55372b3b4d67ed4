#include "dns/presentation.hpp"

#include <arpa/inet.h>

#include <array>
#include <chrono>
#include <cstdio>

namespace custdkim::dns {

namespace {

constexpr std::size_t most_in_a_row = 56;  // dig puts a space into anything longer

}  // namespace

void append_escaped(char c, std::string_view special, char first_plain, std::string& text) {
    if (c < first_plain || c > '~') {  // `char` may have a sign: either comparison catches octets over 127
        const unsigned octet = static_cast<unsigned char>(c);
        text += '\\';
        for (const unsigned place : {100U, 10U, 1U}) text += static_cast<char>('0' + octet / place % 10);
        return;
    }
    if (special.find(c) != std::string_view::npos) text += '\\';
    text += c;
}

std::string escaped_string(std::string_view octets) {
    std::string text;
    text.reserve(octets.size());
    for (const char c : octets) append_escaped(c, "\"\\", ' ', text);
    return text;
}

std::string to_base64(std::string_view octets) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    unsigned bits = 0, held = 0;
    for (const char c : octets) {
        held = (held << 8 | static_cast<unsigned char>(c)) & 0x3fff;
        for (bits += 8; bits >= 6; bits -= 6) text += digits[held >> (bits - 6) & 63];
    }
    if (bits > 0) text += digits[held << (6 - bits) & 63];
    while (text.size() % 4 != 0) text += '=';
    return text;
}

std::string to_ipv4(std::string_view octets) {
    std::array<char, INET_ADDRSTRLEN> text{};
    if (octets.size() == 4) ::inet_ntop(AF_INET, octets.data(), text.data(), text.size());
    return text.data();
}

std::string to_ipv6(std::string_view octets) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (octets.size() == 16) ::inet_ntop(AF_INET6, octets.data(), text.data(), text.size());
    return text.data();
}

std::string in_rows(const std::string& text) {
    std::string rows;
    for (std::size_t at = 0; at < text.size(); at += most_in_a_row) {
        rows += (at == 0 ? "" : " ") + text.substr(at, most_in_a_row);
    }
    return rows;
}

std::string with_escaped_quotes(std::string_view name) {
    std::string text;
    text.reserve(name.size());
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '"') text += '\\';
        text += name[i];
        if (name[i] == '\\' && i + 1 < name.size()) text += name[++i];
    }
    return text;
}

std::string to_hex(std::string_view octets) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const char c : octets) {
        const auto octet = static_cast<unsigned char>(c);
        text += digits[octet >> 4];
        text += digits[octet & 15];
    }
    return text;
}

// RFC 4648 section 7, without padding.
std::string to_base32_hex(std::string_view octets) {
    constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    std::string text;
    unsigned bits = 0, held = 0;
    for (const char c : octets) {
        held = (held << 8 | static_cast<unsigned char>(c)) & 0xfff;
        for (bits += 8; bits >= 5; bits -= 5) text += digits[held >> (bits - 5) & 31];
    }
    if (bits > 0) text += digits[held << (5 - bits) & 31];
    return text;
}

std::string to_time(std::uint32_t seconds) {
    using namespace std::chrono;
    const sys_seconds time{std::chrono::seconds(seconds)};
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%04d%02u%02u%02ld%02ld%02ld", int(date.year()),
                  unsigned(date.month()), unsigned(date.day()), long(clock.hours().count()),
                  long(clock.minutes().count()), long(clock.seconds().count()));
    return text.data();
}

}  // namespace custdkim::dns
