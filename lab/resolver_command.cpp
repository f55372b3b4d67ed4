#include "lab/resolver_command.hpp"

#include "base/log.hpp"
#include "lab/outcome.hpp"
#include "lab/serving/resolver_config.hpp"
#include "lab/serving/test_resolver.hpp"
#include "service/signals.hpp"

namespace custdkim::lab {

int resolver_command(const std::filesystem::path& config_file) {
    block_signals();
    const ResolverConfigOutcome outcome = read_resolver_config(config_file);
    for (const std::string& problem : outcome.problems) fail(Exit::wrong, problem);
    if (!outcome.config) return Exit::wrong;
    const SystemClock clock;
    SystemRandom random;
    auto resolver = TestResolver::start(*outcome.config, clock, random);
    if (!resolver) return fail(resolver.error());
    log_info("serving", {{"dns", (*resolver)->dns_port()},
                         {"authority", (*resolver)->authority_port()},
                         {"control", (*resolver)->control_port()}});
    wait_for_signal();
    log_info("stopping");
    resolver->reset();
    return Exit::done;
}

}  // namespace custdkim::lab
