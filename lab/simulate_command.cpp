#include "lab/simulate_command.hpp"

#include <unistd.h>

#include <iostream>

#include "base/log.hpp"
#include "lab/refusal.hpp"
#include "lab/simulation/report.hpp"

namespace custdkim::lab {

namespace {

Result<SimulationSettings> read_options(const SimulateOptions& options) {
    SimulationSettings settings;
    if (!options.policy_file.empty()) {
        auto policy = read_lab_policy(options.policy_file);
        if (!policy) return policy.error();
        settings.policy = std::move(*policy);
    }
    auto faults = parse_fault_kinds(options.faults);
    if (!faults) return faults.error();
    settings.faults = std::move(*faults);
    const auto mutation = parse_mutation(options.mutation);
    if (!mutation) return mutation.error();
    settings.mutation = *mutation;
    settings.size = {options.seed, options.keys, std::chrono::days(options.days)};
    settings.seeds = options.seeds;
    settings.messages_per_day = options.messages_per_day;
    return settings;
}

// One line that writes over itself.
void show_progress(const SimulationSettings& settings, std::uint64_t seed, TrueTime at, const Tally& so_far) {
    std::cerr << "\rseed " << seed << " (" << seed - settings.size.seed + 1 << " of " << settings.seeds
              << "), day " << at.count() / 86400 << " of " << settings.size.length.count() / 86400
              << ", lost by us " << so_far.lost_ours << ", violations " << so_far.violation_count << "   "
              << std::flush;
}

}  // namespace

int simulate_command(const SimulateOptions& options) {
    auto settings = read_options(options);
    if (!settings) return fail(Exit::wrong, settings.error().detail, options.json);
    set_log_level(LogLevel::none);  // the engine complains of faults that are meant to be there
    if (!settings->policy.peer) {
        for (const std::string& sentence : broken_inequalities(settings->policy.rotation)) {
            std::cerr << "custdkim-lab: the daemon would refuse this policy: " << sentence << std::endl;
        }
    }
    const bool shows_progress = ::isatty(STDERR_FILENO) != 0;
    if (shows_progress) {
        settings->progress = [&](std::uint64_t seed, TrueTime at, const Tally& so_far) {
            show_progress(*settings, seed, at, so_far);
        };
    }
    const Simulation simulation = simulate(*settings);
    if (shows_progress) std::cerr << "\r\033[K" << std::flush;
    std::cout << (options.json ? report_json(*settings, simulation) : report_text(*settings, simulation))
              << std::flush;
    return simulation.tally.is_clean() ? Exit::done : Exit::no;
}

}  // namespace custdkim::lab
