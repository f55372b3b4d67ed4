#include "lab/resolver_command.hpp"

#include <csignal>
#include <iostream>

#include "base/log.hpp"
#include "lab/serving/resolver_config.hpp"
#include "lab/serving/test_resolver.hpp"

namespace custdkim::lab {

namespace {

constexpr int done = 0, wrong = 2, unknown = 3;

int fail(int code, const std::string& sentence) {
    std::cerr << "custdkim-lab: " << sentence << std::endl;
    return code;
}

// Blocked before any thread is started, so that they all wait for sigwait().
sigset_t block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT}) sigaddset(&signals, signal);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return signals;
}

}  // namespace

int resolver_command(const std::filesystem::path& config_file) {
    const sigset_t signals = block_signals();
    const ResolverConfigOutcome outcome = read_resolver_config(config_file);
    for (const std::string& problem : outcome.problems) fail(wrong, problem);
    if (!outcome.config) return wrong;
    const SystemClock clock;
    SystemRandom random;
    auto resolver = TestResolver::start(*outcome.config, clock, random);
    if (!resolver) {
        const Errc code = resolver.error().code;
        return fail(code == Errc::invalid || code == Errc::refused ? wrong : unknown,
                    resolver.error().detail);
    }
    log_info("serving", {{"dns", (*resolver)->dns_port()},
                         {"authority", (*resolver)->authority_port()},
                         {"control", (*resolver)->control_port()}});
    int signal = 0;
    while (::sigwait(&signals, &signal) != 0) {
    }
    log_info("stopping");
    resolver->reset();
    return done;
}

}  // namespace custdkim::lab
