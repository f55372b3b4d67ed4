#include "api/handling.hpp"

#include <charconv>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

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

Result<nlohmann::ordered_json> read_object(std::string_view body) {
    using Event = nlohmann::ordered_json::parse_event_t;
    std::vector<std::set<std::string>> open;  // the members so far of each object that has not ended yet
    std::string twice;
    const auto note = [&](int, Event event, nlohmann::ordered_json& value) {
        if (event == Event::object_start) open.emplace_back();
        if (event == Event::object_end) open.pop_back();
        if (event == Event::key && !open.back().insert(value.get<std::string>()).second) twice = value;
        return true;
    };
    auto document = nlohmann::ordered_json::parse(body, note, false);
    if (document.is_discarded()) return invalid("the body is not JSON");
    if (!document.is_object()) return invalid("the body is not a JSON object");
    if (!twice.empty()) return invalid("the body has the field '" + twice.substr(0, 80) + "' twice");
    // In so many words: JSON can be made of anything, and into anything.
    return {boost::system::in_place_value, std::move(document)};
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
