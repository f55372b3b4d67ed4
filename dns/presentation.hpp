// Octets as zone files write them (RFC 1035 section 5.1, RFC 4034, RFC 4648), in the manner of dig.
// Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace custdkim::dns {

// What lies before `first_plain`, or is no ASCII, as \DDD; what is special behind a backslash.
void append_escaped(char c, std::string_view special, char first_plain, std::string& text);
// A string without the quotes around it.
std::string escaped_string(std::string_view octets);

// A name in presentation form, with a backslash before each quote, which ldns leaves out: without it a name
// may begin a string.
std::string with_escaped_quotes(std::string_view name);

std::string to_hex(std::string_view octets);
std::string to_base32_hex(std::string_view octets);  // RFC 4648 section 7, without padding
std::string to_base64(std::string_view octets);
// 56 characters and a space, and so on.
std::string in_rows(const std::string& text);

// Empty unless there are 4 octets, or 16.
std::string to_ipv4(std::string_view octets);
std::string to_ipv6(std::string_view octets);
// YYYYMMDDHHMMSS.
std::string to_time(std::uint32_t seconds);

}  // namespace custdkim::dns
