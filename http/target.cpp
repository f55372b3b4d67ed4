#include "http/target.hpp"

namespace custdkim::http {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::optional<std::string> decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
        if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

Result<void> split_target(std::string_view target, Request& request) {
    const Error broken{Errc::invalid, "the path has a broken %-escape"};
    const std::size_t mark = target.find('?');
    const auto path = decode(target.substr(0, mark));
    if (!path) return broken;
    request.target = target;
    request.path = *path;
    std::string_view rest = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
    while (!rest.empty()) {
        const std::size_t end = rest.find('&');
        const std::string_view item = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        const std::size_t equals = item.find('=');
        const auto name = decode(item.substr(0, equals));
        const auto value =
            decode(equals == std::string_view::npos ? std::string_view() : item.substr(equals + 1));
        if (!name || !value) return broken;
        if (!name->empty() && !request.query.emplace(*name, *value).second)
            return invalid("the parameter '" + name->substr(0, 80) + "' is there twice");
    }
    return {};
}

std::string_view Request::header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view() : found->second;
}

}  // namespace custdkim::http
