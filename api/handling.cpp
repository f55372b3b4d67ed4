#include "api/handling.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

namespace custdkim::api {

http::Response json(unsigned status, const nlohmann::ordered_json& document, Layout layout) {
    // What stands in findings was seen in somebody's DNS: it need not be UTF-8.
    constexpr auto lenient = nlohmann::ordered_json::error_handler_t::replace;
    const int indent = layout == Layout::indented ? 2 : -1;
    return {status, "application/json", document.dump(indent, ' ', false, lenient) + "\n", {}};
}

http::Response metrics_response(std::string text) {
    return {200, "text/plain; version=0.0.4; charset=utf-8", std::move(text), {}};
}

nlohmann::ordered_json time_json(const std::optional<Timestamp>& time) {
    return time ? nlohmann::ordered_json(format_rfc3339(*time)) : nlohmann::ordered_json(nullptr);
}

Error no_such_parameter(const std::string& name, std::string_view known) {
    return invalid("there is no query parameter '" + name.substr(0, 80) + "'; there are " +
                   std::string(known));
}

Result<std::uint64_t> read_number(const std::string& name, const std::string& text, std::uint64_t least,
                                  std::uint64_t most) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
        return invalid("'" + name + "' must be a number from " + std::to_string(least) + " to " +
                       std::to_string(most));
    }
    return number;
}

}  // namespace custdkim::api
