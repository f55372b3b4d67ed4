// The least that a configuration needs, and what read_config_text() says about texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "service/config.hpp"

namespace custdkim::test {

// Four lines: the next one that a test appends is line 5.
inline const std::string minimal_config =
    "[[zone]]\n"
    "name = \"custdkim.example.net\"\n"
    "nameservers = [\"ns1.example.net\"]\n"
    "hostmaster = \"hostmaster.example.net\"\n";

inline std::vector<std::string> problems_in(std::string_view text) {
    const ConfigOutcome outcome = read_config_text(text, "/etc/custdkim/c.toml");
    if (outcome.config.has_value() != outcome.problems.empty())
        return {"a configuration and problems at once"};
    return outcome.problems;
}

// The one problem of a minimal configuration that goes on with these lines; "" where there is none.
inline std::string problem_with(const std::string& lines) {
    const auto problems = problems_in(minimal_config + lines);
    if (problems.empty()) return "";
    return problems.size() == 1 ? problems.front() : std::to_string(problems.size()) + " problems";
}

inline Config config_with(const std::string& lines) {
    return read_config_text(minimal_config + lines, "/etc/custdkim/c.toml").config.value();
}

}  // namespace custdkim::test
