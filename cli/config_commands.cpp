#include "cli/config_commands.hpp"

#include <iostream>

#include "cli/config_problems.hpp"
#include "cli/new_file.hpp"
#include "cli/reply.hpp"
#include "service/pdns_config.hpp"
#include "service/service.hpp"
#include "service/token_file.hpp"

namespace custdkim::cli {

using nlohmann::ordered_json;

namespace {

std::string counted(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string contents_text(const Config& config) {
    const std::string key_zones = counted(config.zones.size(), "key zone");
    return config.static_zones.empty()
               ? key_zones
               : key_zones + ", " + counted(config.static_zones.size(), "static zone");
}

// Not for everybody: a token can be in it.
int write_private(const PdnsConfigOptions& options, std::string_view text) {
    auto file = NewFile::beside(options.output);
    if (!file) return fail(file.error(), options.json);
    if (const auto written = file->append(text); !written) return fail(written.error(), options.json);
    if (const auto placed = file->take_place(0640); !placed) return fail(placed.error(), options.json);
    return Exit::done;
}

Result<PdnsChoice> choice_of(const PdnsConfigOptions& options, const Config& config) {
    PdnsChoice choice;
    choice.connector = options.connector;
    std::error_code unknown;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
    if (!unknown) choice.program = program.string();
    if (!config.backend.http_token_file.empty() && options.connector.starts_with("http")) {
        const auto token = read_token_file(config.backend.http_token_file);
        if (!token) return token.error();
        choice.token.assign(reinterpret_cast<const char*>(token->data()), token->size());
    }
    return choice;
}

ordered_json settings_json(const PdnsConfigOptions& options, const std::vector<PdnsSetting>& settings) {
    ordered_json list = ordered_json::array();
    for (const PdnsSetting& setting : settings) {
        list.push_back({{"name", setting.name}, {"value", setting.value}, {"reason", setting.reason}});
    }
    return {{"connector", options.connector}, {"settings", std::move(list)}};
}

}  // namespace

int check_config(const CheckConfigOptions& options) {
    ConfigOutcome outcome = read_config(options.config);
    const auto problems = outcome.config ? check_files(*outcome.config) : outcome.problems;
    tell_problems(problems);
    if (options.json) {
        print_json({{"ok", problems.empty()}, {"problems", problems_json(problems, options.config)}});
    } else if (problems.empty()) {
        std::cout << options.config.string() << " is fine: " << contents_text(*outcome.config) << std::endl;
    }
    return problems.empty() ? Exit::done : Exit::wrong;
}

int print_pdns_config(const PdnsConfigOptions& options) {
    const auto config = load_config(options.config, options.json);
    if (!config) return Exit::wrong;
    const auto choice = choice_of(options, *config);
    if (!choice) return fail(Exit::wrong, choice.error().detail, options.json);
    const auto settings = pdns_settings(*config, *choice);
    if (!settings) return fail(Exit::wrong, settings.error().detail, options.json);
    if (!options.output.empty()) return write_private(options, to_text(*settings));
    if (options.json) {
        print_json(settings_json(options, *settings));
    } else {
        std::cout << to_text(*settings) << std::flush;
    }
    return Exit::done;
}

}  // namespace custdkim::cli
