// One line per event on stderr: a sentence, then its facts as key=value, or all of it as a JSON object.
// Thread-safe.
// Never pass private keys, tokens or the master key: there is no redaction behind this.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace custdkim {

enum class LogLevel { debug, info, warning, error, none };  // none: for set_log_level() only

struct LogField {
    std::string_view name;
    std::string value;
    bool is_number = false;

    LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
    LogField(std::string_view n, const char* v) : name(n), value(v) {}
    LogField(std::string_view n, const std::string& v) : name(n), value(v) {}
    template <std::integral T>
    LogField(std::string_view n, T v) : name(n), value(std::to_string(v)), is_number(true) {}
};

using LogFields = std::initializer_list<LogField>;

void log(LogLevel level, std::string_view message, LogFields fields = {});

inline void log_debug(std::string_view m, LogFields f = {}) { log(LogLevel::debug, m, f); }
inline void log_info(std::string_view m, LogFields f = {}) { log(LogLevel::info, m, f); }
inline void log_warning(std::string_view m, LogFields f = {}) { log(LogLevel::warning, m, f); }
inline void log_error(std::string_view m, LogFields f = {}) { log(LogLevel::error, m, f); }

// "debug", "info", "warning" or "error".
Result<LogLevel> parse_log_level(std::string_view text);

// Lines below this level are dropped. The default is info.
void set_log_level(LogLevel level);

// In json, `time`, `level` and `message` come first; facts follow under their names, numbers as numbers.
enum class LogFormat { text, json };

// "text" or "json".
Result<LogFormat> parse_log_format(std::string_view text);
void set_log_format(LogFormat format);

// Lines begin with their priority, "<4>", which systemd's journal takes off and keeps (sd-daemon(3)).
void set_log_priorities(bool are_shown);

// How many lines of this level were written since the start.
std::uint64_t logged_lines(LogLevel level);

}  // namespace custdkim
