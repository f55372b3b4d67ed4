#include "dns/service_parameters.hpp"

#include <array>
#include <functional>

#include "dns/presentation.hpp"

namespace custdkim::dns {

namespace {

constexpr std::array<std::string_view, 7> key_names{"mandatory", "alpn", "no-default-alpn", "port",
                                                    "ipv4hint",  "ech",  "ipv6hint"};

std::string key_name(std::uint16_t key) {
    return key < key_names.size() ? std::string(key_names[key]) : "key" + std::to_string(key);
}

std::uint16_t word_at(std::string_view octets, std::size_t at) {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(octets[at]) << 8 |
                                      static_cast<unsigned char>(octets[at + 1]));
}

// Items of the same size, with commas; nothing if the size does not fit.
std::string listed(std::string_view value, std::size_t size,
                   const std::function<std::string(std::string_view)>& written) {
    if (value.empty() || value.size() % size != 0) return {};
    std::string text;
    for (std::size_t at = 0; at < value.size(); at += size) {
        text += (at == 0 ? "" : ",") + written(value.substr(at, size));
    }
    return text;
}

// RFC 9460 appendix A.1: commas and backslashes are escaped in the list, and then all of it as a string.
std::string protocols(std::string_view value) {
    std::string text;
    while (!value.empty()) {
        const std::size_t size = static_cast<unsigned char>(value.front());
        if (size == 0 || value.size() - 1 < size) return {};
        if (!text.empty()) text += ',';
        for (const char c : value.substr(1, size)) {
            if (c == ',' || c == '\\') text += "\\\\";
            append_escaped(c, "\"\\", '!', text);
        }
        value.remove_prefix(size + 1);
    }
    return text.empty() ? text : '"' + text + '"';
}

std::string value_text(std::uint16_t key, std::string_view value) {
    const auto name_at = [](std::string_view octets) { return key_name(word_at(octets, 0)); };
    switch (key) {
        case 0: return listed(value, 2, name_at);
        case 1: return protocols(value);
        case 3: return value.size() == 2 ? std::to_string(word_at(value, 0)) : "";
        case 4: return listed(value, 4, to_ipv4);
        case 5: return to_base64(value);
        case 6: return listed(value, 16, to_ipv6);
        default: return {};
    }
}

}  // namespace

std::string read_service_parameters(WireReader& reader, std::size_t end) {
    std::string text;
    while (!reader.failed() && reader.position() < end) {
        const std::uint16_t key = reader.word();
        const std::string_view value = reader.octets(reader.word());
        text += (text.empty() ? "" : " ") + key_name(key);
        if (value.empty()) continue;
        const std::string known = value_text(key, value);
        text += '=' + (known.empty() ? '"' + escaped_string(value) + '"' : known);
    }
    return text;
}

}  // namespace custdkim::dns
