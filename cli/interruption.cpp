#include "cli/interruption.hpp"

#include <array>
#include <csignal>
#include <cstdlib>

namespace custdkim::cli {

namespace {

constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};
volatile std::sig_atomic_t signal_that_came = 0;

void remember(int signal) { signal_that_came = signal; }

void set_all(void (*handler)(int), int flags) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    for (const int signal : signals) ::sigaction(signal, &action, nullptr);
}

}  // namespace

Interruption::Interruption() {
    signal_that_came = 0;
    set_all(remember, static_cast<int>(SA_RESETHAND));
}

Interruption::~Interruption() { set_all(SIG_DFL, 0); }

bool Interruption::came() { return signal_that_came != 0; }

void Interruption::end() {
    set_all(SIG_DFL, 0);
    std::raise(signal_that_came);
    std::abort();  // not reached: the default of all three is to end
}

}  // namespace custdkim::cli
