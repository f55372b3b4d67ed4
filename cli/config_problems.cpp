#include "cli/config_problems.hpp"

#include <regex>

#include "cli/reply.hpp"

namespace custdkim::cli {

using nlohmann::ordered_json;

namespace {

// "FILE:LINE: sentence", or "FILE: sentence" of the configuration.
ordered_json problem_json(const std::string& problem, const std::string& config) {
    static const std::regex with_line(R"((.+?):(\d{1,9}): ([^]*))");
    const std::string about_config = config + ": ";
    std::smatch match;
    const bool has_form = std::regex_match(problem, match, with_line);
    if (has_form && (match[1] == config || match[1].str().starts_with('/')))
        return {{"file", match[1].str()}, {"line", std::stoul(match[2])}, {"message", match[3].str()}};
    if (problem.starts_with(about_config))
        return {{"file", config}, {"line", nullptr}, {"message", problem.substr(about_config.size())}};
    return {{"file", nullptr}, {"line", nullptr}, {"message", problem}};
}

}  // namespace

ordered_json problems_json(const std::vector<std::string>& problems, const std::filesystem::path& config) {
    ordered_json list = ordered_json::array();
    for (const std::string& problem : problems) list.push_back(problem_json(problem, config.string()));
    return list;
}

void tell_problems(const std::vector<std::string>& problems) {
    for (const std::string& problem : problems) fail(Exit::wrong, problem);
}

std::optional<Config> load_config(const std::filesystem::path& file, bool json) {
    ConfigOutcome outcome = read_config(file);
    tell_problems(outcome.problems);
    if (json && !outcome.config) {
        ordered_json document = problem_of({std::nullopt, Exit::wrong, nullptr, outcome.problems.front()});
        document["problems"] = problems_json(outcome.problems, file);
        print_json(document);
    }
    return std::move(outcome.config);
}

}  // namespace custdkim::cli
