#include "base/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace custdkim {

namespace {

spdlog::logger& logger() {
    static const auto instance = [] {
        auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
        auto made = std::make_shared<spdlog::logger>("custdkim", sink);
        made->set_formatter(std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                                                                        spdlog::pattern_time_type::utc));
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

}  // namespace

void log(LogLevel level, std::string_view message, LogFields fields) {
    if (!logger().should_log(to_spdlog(level))) return;
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
    logger().log(to_spdlog(level), line);
}

Result<LogLevel> parse_log_level(std::string_view text) {
    if (text == "debug") return LogLevel::debug;
    if (text == "info") return LogLevel::info;
    if (text == "warning") return LogLevel::warning;
    if (text == "error") return LogLevel::error;
    return invalid("'" + std::string(text) + "' is not a log level; use debug, info, warning or error");
}

void set_log_level(LogLevel level) { logger().set_level(to_spdlog(level)); }

}  // namespace custdkim
