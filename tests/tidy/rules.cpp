#include "rules.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <regex>
#include <set>

namespace custdkim::tidy {

namespace {

using Names = std::set<std::string>;

// The table of docs/architecture.md. `lab` is in no list: nobody includes it.
const std::map<std::string, Names> allowed_rooms{
    {"base", {}},
    {"http", {}},
    {"usage", {}},
    {"dns", {}},
    {"keys", {"dns"}},
    {"zone", {"dns", "keys"}},
    {"activation", {"dns", "keys"}},
    {"sending", {"dns", "keys"}},
    {"backend", {"http", "dns", "keys", "zone"}},
    {"store", {"dns", "keys", "zone"}},
    {"api", {"http", "dns", "keys", "zone", "activation", "sending"}},
    {"webhooks", {"dns", "keys", "api"}},
    {"metrics", {"http", "dns", "keys", "zone", "backend", "store", "api", "webhooks"}},
    {"service",
     {"http", "dns", "keys", "zone", "activation", "sending", "backend", "store", "api", "webhooks",
      "metrics"}},
    {"milter", {"dns", "keys", "api"}},
    {"cli",
     {"usage", "http", "dns", "keys", "zone", "activation", "sending", "backend", "store", "api", "webhooks",
      "metrics", "service", "milter"}},
    {"lab",
     {"usage", "http", "dns", "keys", "zone", "activation", "sending", "backend", "store", "api", "webhooks",
      "metrics", "service"}},
};

struct Library {
    std::string prefix;  // of what is included
    Names homes;
};

const std::vector<Library> libraries{
    {"openssl/", {"keys"}},
    {"sqlite3", {"store"}},
    {"libpq", {"store"}},
    {"postgresql/", {"store"}},
    {"boost/asio", {"http", "dns", "lab"}},
    {"boost/beast", {"http"}},
    {"boost/json", {"backend"}},
    {"ldns/", {"dns", "lab"}},
    {"unbound", {"dns"}},
    {"idn2", {"dns"}},
    {"libpsl", {"dns"}},
    {"opendkim/", {"sending"}},
    {"libmilter/", {"milter"}},
    {"nlohmann/", {"base", "backend", "api", "cli", "milter", "webhooks", "lab"}},
    {"toml", {"service", "lab"}},
    {"spdlog/", {"base"}},
    {"fmt/", {"base"}},
    {"absl/", {"zone"}},
    {"systemd/", {"service"}},
    {"CLI/", {"usage", "cli", "lab"}},
    {"curl/", {"api", "webhooks"}},
    {"prometheus/", {"metrics"}},
    {"catch2/", {}},
};

std::string room_of(std::string_view path) { return std::string(path.substr(0, path.find('/'))); }

// What stands in no floor of the house. Examples are for people who have nothing of it but the programs.
bool is_test(const Source& source) {
    return room_of(source.path) == "tests" || source.path.starts_with("docs/examples/");
}

std::string join(const Names& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text.empty() ? "nobody" : text;
}

// Visits line by line; what the visitor returns is a complaint about that line.
Complaints each_line(const Source& source,
                     const std::function<std::optional<std::string>(const std::string&)>& visit) {
    Complaints complaints;
    std::size_t number = 0;
    for (std::size_t at = 0; at < source.text.size();) {
        const std::size_t end = std::min(source.text.find('\n', at), source.text.size());
        ++number;
        if (const auto complaint = visit(source.text.substr(at, end - at))) {
            complaints.push_back(source.path + ":" + std::to_string(number) + ": " + *complaint);
        }
        at = end + 1;
    }
    return complaints;
}

// What a line includes, and whether with quotes; nothing if it does not.
struct Include {
    std::string what;
    bool quoted = false;
};

std::optional<Include> include_in(const std::string& line) {
    static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)");
    std::smatch match;
    if (!std::regex_match(line, match, pattern)) return std::nullopt;
    return Include{match[2], match[1] == "\""};
}

std::string without_comment(const std::string& line) { return line.substr(0, line.find("//")); }

}  // namespace

Complaints check_rooms(const Source& source) {
    if (is_test(source)) return {};
    const std::string room = room_of(source.path);
    const auto allowed = allowed_rooms.find(room);
    if (allowed == allowed_rooms.end())
        return {source.path + ":1: '" + room + "' is not a room of the house"};
    return each_line(source, [&](const std::string& line) -> std::optional<std::string> {
        const auto include = include_in(line);
        if (!include) return std::nullopt;
        const std::string other = room_of(include->what);
        const bool is_room = allowed_rooms.contains(other) && include->what.find('/') != std::string::npos;
        if (!is_room) {
            if (!include->quoted) return std::nullopt;
            return "our headers are included from the root of the tree, as \"room/file.hpp\"";
        }
        if (other == room || other == "base" || allowed->second.contains(other)) return std::nullopt;
        return room + " may not include " + other;
    });
}

Complaints check_libraries(const Source& source) {
    if (is_test(source)) return {};
    const std::string room = room_of(source.path);
    return each_line(source, [&](const std::string& line) -> std::optional<std::string> {
        const auto include = include_in(line);
        if (!include) return std::nullopt;
        for (const Library& library : libraries) {
            if (!include->what.starts_with(library.prefix) || library.homes.contains(room)) continue;
            return include->what + " is at home in " + join(library.homes) + ", not in " + room;
        }
        return std::nullopt;
    });
}

Complaints check_time_and_chance(const Source& source) {
    if (room_of(source.path) == "base") return {};
    static const std::regex now(
        R"(\bsystem_clock\s*::\s*now\b|\bgettimeofday\s*\(|\btime\s*\(\s*(nullptr|NULL|0|&\w+)\s*\))");
    static const std::regex chance(R"(\brandom_device\b|\bs?rand\s*\(|\bgetrandom\s*\()");
    static const std::regex pause(R"(\bsleep_(for|until)\b|\b(u|nano)?sleep\s*\()");
    return each_line(source, [&](const std::string& line) -> std::optional<std::string> {
        const std::string code = without_comment(line);
        if (std::regex_search(code, now)) return "the time of day comes from a Clock (base/clock.hpp)";
        if (std::regex_search(code, chance)) return "chance comes from a Random (base/random.hpp)";
        if (is_test(source) && std::regex_search(code, pause))
            return "tests wait for conditions, they do not sleep";
        return std::nullopt;
    });
}

std::size_t count_lines(const Source& source) {
    const bool open_end = !source.text.empty() && source.text.back() != '\n';
    return static_cast<std::size_t>(std::count(source.text.begin(), source.text.end(), '\n')) + open_end;
}

Complaints check_length(const Source& source) {
    const std::size_t lines = count_lines(source);
    if (lines <= 700) return {};
    return {source.path + ":701: " + std::to_string(lines) + " lines are too many; 700 is the most"};
}

Complaints check_header(const Source& source) {
    if (!source.path.ends_with(".hpp")) return {};
    Complaints complaints;
    if (!source.text.starts_with("// ")) {
        complaints.push_back(source.path + ":1: a header begins with a comment that says what it is");
    }
    if (!std::regex_search(source.text, std::regex("(^|\n)#pragma once\n"))) {
        complaints.push_back(source.path + ":1: a header has #pragma once");
    }
    return complaints;
}

Complaints check_leftovers(const Source& source) {
    // Spelled in two halves, so that this file is clean too.
    static const std::regex unfinished(
        "\\b(TO"
        "DO|FIX"
        "ME|X"
        "XX)\\b");
    static const std::regex machine(
        "/wo"
        "rk/|/ho"
        "me/");
    return each_line(source, [&](const std::string& line) -> std::optional<std::string> {
        if (std::regex_search(line, unfinished)) return "something is unfinished";
        if (std::regex_search(line, machine)) return "a path of one machine";
        return std::nullopt;
    });
}

Complaints check_unique_types(const std::vector<Source>& sources) {
    static const std::regex scope(R"(^namespace ([\w:]+) \{.*)"),
        definition(R"(^(struct|class) (\w+)( final)?( :.*)? ?\{.*)");
    std::map<std::string, std::string> seen;  // where each type is
    Complaints complaints;
    for (const Source& source : sources) {
        if (is_test(source) || !source.path.ends_with(".hpp")) continue;
        std::string in;
        for (const std::string& complaint :
             each_line(source, [&](const std::string& line) -> std::optional<std::string> {
                 std::smatch match;
                 if (std::regex_match(line, match, scope)) in = match[1];
                 if (!std::regex_match(line, match, definition)) return std::nullopt;
                 const auto [at, is_new] = seen.emplace(in + "::" + match[2].str(), source.path);
                 if (is_new) return std::nullopt;
                 return at->first + " is defined in " + at->second + " as well";
             })) {
            complaints.push_back(complaint);
        }
    }
    return complaints;
}

}  // namespace custdkim::tidy
