#include "lab/serving/resolver_config.hpp"

#include <algorithm>
#include <fstream>

#include "dns/server_address.hpp"
#include "lab/serving/resolver_options.hpp"
#include "service/nearest.hpp"

namespace custdkim::lab {

namespace {

constexpr std::size_t max_file_size = 1 << 20;

class Reader {
  public:
    explicit Reader(const std::filesystem::path& file)
        : file_(file), directory_(std::filesystem::absolute(file).parent_path()) {}

    ResolverConfigOutcome read(std::string_view text) {
        try {
            const toml::table document = toml::parse(text, file_.string());
            for (const auto& [key, node] : document) read_top(key, node);
            check_whole(document);
        } catch (const toml::parse_error& error) {
            problem_at(error.source(), std::string(error.description()));
        }
        if (problems_.empty()) return {std::move(config_), {}};
        std::stable_sort(problems_.begin(), problems_.end(),
                         [](const Problem& a, const Problem& b) { return a.line < b.line; });
        ResolverConfigOutcome outcome;
        for (Problem& problem : problems_) outcome.problems.push_back(std::move(problem.sentence));
        return outcome;
    }

  private:
    struct Problem {
        std::uint32_t line;
        std::string sentence;
    };

    void problem_at(const toml::source_region& where, const std::string& sentence) {
        const auto line = where.begin.line;
        problems_.push_back({line, file_.string() + ":" + std::to_string(line) + ": " + sentence});
    }
    // About the whole: comes behind what has a line.
    void problem(const std::string& sentence) {
        problems_.push_back({UINT32_MAX, file_.string() + ": " + sentence});
    }

    void read_top(const toml::key& key, const toml::node& node) {
        const std::string section(key.str());
        if (section == "key_zone") return read_key_zones(node);
        const auto known = sections();
        if (std::count(known.begin(), known.end(), section) == 0) {
            problem_at(key.source(), "there is no section [" + section + "]" + did_you_mean(section, known));
        } else if (const auto* const table = node.as_table()) {
            read_section(section, *table, nullptr);
        } else {
            problem_at(key.source(), "'" + section + "' must be a section: [" + section + "]");
        }
    }

    void read_key_zones(const toml::node& node) {
        const auto* const array = node.as_array();
        if (!array || !array->is_homogeneous<toml::table>()) {
            return problem_at(node.source(), "key zones are written [[key_zone]], with two brackets");
        }
        for (const toml::node& element : *array) {
            ForwardedZone& zone = config_.key_zones.emplace_back();
            read_section("key_zone", *element.as_table(), &zone);
            for (const std::string_view needed : {"name", "server"}) {
                if (!element.as_table()->contains(needed)) {
                    problem_at(element.source(), "this [[key_zone]] lacks '" + std::string(needed) + "'");
                }
            }
        }
    }

    void read_section(const std::string& section, const toml::table& table, ForwardedZone* zone) {
        for (const auto& [key, node] : table) {
            const std::string name(key.str());
            const auto options = resolver_options();
            const auto option = std::find_if(options.begin(), options.end(), [&](const ResolverOption& o) {
                return o.section == section && o.name == name;
            });
            if (option == options.end()) {
                problem_at(key.source(), "there is no option '" + name + "' in [" + section + "]" +
                                             did_you_mean(name, names_in(section)));
                continue;
            }
            if (const auto set = option->set(node, {config_, zone, directory_}); !set) {
                problem_at(node.source(), section + "." + name + ": " + set.error().detail);
            }
        }
    }

    // What options mean to each other; whoever is told of a bad one need not hear of what came of it.
    void check_clock(const toml::table& clock) {
        if (!problems_.empty()) return;
        if (clock.contains("rate") && config_.clock != ClockKind::accelerated) {
            problem("[clock] rate is for kind = \"accelerated\" only");
        }
        if (clock.contains("start") && config_.clock == ClockKind::system) {
            problem("[clock] start is for a clock of kind \"frozen\" or \"accelerated\" only");
        }
    }

    void check_whole(const toml::table& document) {
        if (const auto* const clock = document["clock"].as_table()) check_clock(*clock);
        const auto has = [&](std::string_view section, std::string_view name) {
            const auto* const table = document[section].as_table();
            return table && table->contains(name);
        };
        constexpr std::pair<std::string_view, std::string_view> needed[] = {
            {"resolver", "listen"}, {"control", "listen"}, {"control", "token_file"}};
        for (const auto& option : needed) {
            if (has(option.first, option.second)) continue;
            problem("'" + std::string(option.second) + "' is missing in [" + std::string(option.first) + "]");
        }
        if (has("control", "listen") && !config_.allow_any_control_address &&
            !dns::is_loopback(config_.control.address) && problems_.empty()) {
            problem_at(document["control"]["listen"].node()->source(),
                       "control.listen: must be a loopback address, since the control API has no TLS; if "
                       "others must reach it, set allow_any_address = true");
        }
        if (has("service", "api") != has("service", "token_file")) {
            problem("[service] needs both 'api' and 'token_file'");
        }
        for (auto zone = config_.key_zones.begin(); zone != config_.key_zones.end(); ++zone) {
            const auto same = [&](const ForwardedZone& other) { return other.name == zone->name; };
            if (std::any_of(config_.key_zones.begin(), zone, same)) {
                problem("the key zone " + zone->name.text() + " is there twice");
            }
        }
    }

    static std::vector<std::string> sections() {
        std::vector<std::string> names;
        for (const ResolverOption& option : resolver_options()) {
            if (names.empty() || names.back() != option.section) names.emplace_back(option.section);
        }
        return names;
    }

    static std::vector<std::string> names_in(std::string_view section) {
        std::vector<std::string> names;
        for (const ResolverOption& option : resolver_options()) {
            if (option.section == section) names.emplace_back(option.name);
        }
        return names;
    }

    static std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
        const auto found = nearest(word, candidates);
        return found ? "; did you mean '" + *found + "'?" : "";
    }

    const std::filesystem::path file_;
    const std::filesystem::path directory_;
    ResolverConfig config_;
    std::vector<Problem> problems_;
};

}  // namespace

ResolverConfigOutcome read_resolver_config(const std::filesystem::path& file) {
    const auto refuse = [&](const std::string& why) {
        return ResolverConfigOutcome{std::nullopt, {"the configuration " + file.string() + " " + why}};
    };
    std::error_code error;
    if (std::filesystem::is_directory(file, error)) return refuse("is a directory; give the file");
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return refuse("cannot be read; check --config and its permissions");
    std::string text(max_file_size + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > max_file_size) return refuse("is larger than 1 MiB; that cannot be right");
    return read_resolver_config_text(text, file);
}

ResolverConfigOutcome read_resolver_config_text(std::string_view text, const std::filesystem::path& file) {
    return Reader(file).read(text);
}

}  // namespace custdkim::lab
