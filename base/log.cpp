#include "base/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <nlohmann/json.hpp>

namespace custdkim {

namespace {

// Syslog's (sd-daemon(3)): 3 error, 4 warning, 6 info, 7 debug.
class Priority final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& line, const std::tm&, spdlog::memory_buf_t& into) override {
        constexpr std::string_view by_level = "7764333";
        const std::string_view priority = by_level.substr(static_cast<std::size_t>(line.level), 1);
        into.append(priority.data(), priority.data() + priority.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<Priority>(); }
};

// How lines are written; set while nobody logs, or between two lines.
struct Style {
    std::atomic<LogFormat> format = LogFormat::text;
    std::atomic<bool> has_priorities = false;
};
Style style;
std::array<std::atomic<std::uint64_t>, 4> lines_written{};

std::unique_ptr<spdlog::formatter> formatter() {
    std::string pattern = style.has_priorities ? "<%*>" : "";
    pattern += style.format == LogFormat::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v)"
                                               : "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
    auto made = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    made->add_flag<Priority>('*').set_pattern(pattern);
    return made;
}

spdlog::logger& logger() {
    static const auto instance = [] {
        auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
        auto made = std::make_shared<spdlog::logger>("custdkim", sink);
        made->set_formatter(formatter());
        made->flush_on(spdlog::level::trace);
        return made;
    }();
    return *instance;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return spdlog::level::debug;
        case LogLevel::info: return spdlog::level::info;
        case LogLevel::warning: return spdlog::level::warn;
        case LogLevel::error: return spdlog::level::err;
        case LogLevel::none: return spdlog::level::off;
    }
    return spdlog::level::err;
}

bool is_plain(std::string_view value) {
    if (value.empty()) return false;
    for (const unsigned char c : value) {
        if (c <= ' ' || c == '"' || c == '=' || c >= 0x7f) return false;
    }
    return true;
}

// Texts come from the network too: a control character in one must not forge a second line.
void append_visible(std::string& line, std::string_view text) {
    for (const unsigned char c : text) {
        if (c < ' ' || c == 0x7f) {
            constexpr std::string_view hex = "0123456789abcdef";
            line += "\\x";
            line += hex[c >> 4];
            line += hex[c & 15];
        } else {
            line += static_cast<char>(c);
        }
    }
}

void append_quoted(std::string& line, std::string_view value) {
    std::string escaped;
    for (const char c : value) {
        if (c == '"' || c == '\\') escaped += '\\';
        escaped += c;
    }
    line += '"';
    append_visible(line, escaped);
    line += '"';
}

std::string text_line(std::string_view message, LogFields fields) {
    std::string line;
    append_visible(line, message);
    for (const LogField& field : fields) {
        line += ' ';
        line += field.name;
        line += '=';
        if (is_plain(field.value)) {
            line += field.value;
        } else {
            append_quoted(line, field.value);
        }
    }
    return line;
}

// The members behind `level`, and the end of the object: the pattern has its beginning. What is not UTF-8
// becomes U+FFFD, and nothing but printable ASCII is left.
std::string json_line(std::string_view message, LogFields fields) {
    nlohmann::ordered_json document = {{"message", message}};
    for (const LogField& field : fields) {
        std::string name(field.name);
        if (name == "time" || name == "level" || document.contains(name)) name += '_';
        document[name] = field.is_number ? nlohmann::ordered_json::parse(field.value)
                                         : nlohmann::ordered_json(field.value);
    }
    return document.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace).substr(1);
}

}  // namespace

void log(LogLevel level, std::string_view message, LogFields fields) {
    if (!logger().should_log(to_spdlog(level))) return;
    ++lines_written.at(static_cast<std::size_t>(level));
    logger().log(to_spdlog(level),
                 style.format == LogFormat::json ? json_line(message, fields) : text_line(message, fields));
}

Result<LogLevel> parse_log_level(std::string_view text) {
    if (text == "debug") return LogLevel::debug;
    if (text == "info") return LogLevel::info;
    if (text == "warning") return LogLevel::warning;
    if (text == "error") return LogLevel::error;
    return invalid("'" + std::string(text) + "' is not a log level; use debug, info, warning or error");
}

void set_log_level(LogLevel level) { logger().set_level(to_spdlog(level)); }

Result<LogFormat> parse_log_format(std::string_view text) {
    if (text == "text") return LogFormat::text;
    if (text == "json") return LogFormat::json;
    return invalid("'" + std::string(text) + "' is not a log format; use text or json");
}

void set_log_format(LogFormat format) {
    style.format = format;
    logger().set_formatter(formatter());
}

void set_log_priorities(bool are_shown) {
    style.has_priorities = are_shown;
    logger().set_formatter(formatter());
}

std::uint64_t logged_lines(LogLevel level) { return lines_written.at(static_cast<std::size_t>(level)); }

}  // namespace custdkim
