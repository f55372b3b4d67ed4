// DNS messages put together by hand, octet by octet, so that they can be wrong in every way (RFC 1035
// section 4). Octets are in std::string; a question is answered with its own id and question section.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dns/message.hpp"

namespace custdkim::test {

inline std::string word(unsigned value) {
    return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
}
inline std::string double_word(std::uint32_t value) { return word(value >> 16) + word(value & 0xffff); }

// Without escapes.
inline std::string wire_name(std::string_view name) {
    std::string wire;
    while (!name.empty()) {
        const std::size_t dot = std::min(name.find('.'), name.size());
        wire += static_cast<char>(dot);
        wire += name.substr(0, dot);
        name.remove_prefix(std::min(dot + 1, name.size()));
    }
    return wire + '\0';
}

// Where the question's name is in every message.
inline const std::string name_of_question = word(0xc00c);

inline std::string record(unsigned type, const std::string& rdata,
                          const std::string& owner = name_of_question, unsigned rr_class = 1,
                          std::uint32_t ttl = 300) {
    return owner + word(type) + word(rr_class) + double_word(ttl) +
           word(static_cast<unsigned>(rdata.size())) + rdata;
}

inline std::string txt(const std::vector<std::string>& strings, const std::string& owner = name_of_question) {
    std::string rdata;
    for (const std::string& text : strings) rdata += static_cast<char>(text.size()) + text;
    return record(16, rdata, owner);
}

inline std::string soa(std::uint32_t serial) {
    return record(6, wire_name("ns1.example.net") + wire_name("hostmaster.example.net") +
                         double_word(serial) + double_word(1) + double_word(2) + double_word(3) +
                         double_word(4));
}

inline std::string cname(std::string_view target, const std::string& owner = name_of_question) {
    return record(5, wire_name(target), owner);
}
inline std::string dname(std::string_view target, std::string_view owner) {
    return record(39, wire_name(target), wire_name(owner));
}

inline constexpr unsigned response_flag = 0x8000;
inline constexpr unsigned authoritative_flag = 0x0400;
inline constexpr unsigned truncated_flag = 0x0200;
inline constexpr unsigned recursion_flag = 0x0080;  // available
inline constexpr unsigned authentic_flag = 0x0020;
inline constexpr unsigned good_flags = response_flag | authoritative_flag;

inline std::string id_of(std::string_view message) { return std::string(message.substr(0, 2)); }

// Name, type and class, as asked.
inline std::string question_of(std::string_view message) {
    std::size_t end = 12;
    while (message.at(end) != 0) end += static_cast<unsigned char>(message[end]) + 1U;
    return std::string(message.substr(12, end + 5 - 12));
}

inline std::string header(const std::string& id, unsigned flags, unsigned questions, unsigned answers,
                          unsigned authorities = 0, unsigned additionals = 0) {
    return id + word(flags) + word(questions) + word(answers) + word(authorities) + word(additionals);
}

inline std::string answer_to(std::string_view query, const std::vector<std::string>& records,
                             unsigned flags = good_flags) {
    std::string message = header(id_of(query), flags, 1, static_cast<unsigned>(records.size()));
    message += question_of(query);
    for (const std::string& one : records) message += one;
    return message;
}

inline std::string framed(const std::string& message) {
    return word(static_cast<unsigned>(message.size())) + message;
}

inline std::span<const std::uint8_t> octets(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// What we ask, as the server sees it.
inline std::string query_for(const dns::Question& question) {
    const auto wire = dns::write_question(question).value();
    return {wire.begin(), wire.end()};
}

}  // namespace custdkim::test
