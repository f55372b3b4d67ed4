#include "service/signals.hpp"

#include <csignal>
#include <initializer_list>

namespace custdkim {

namespace {

sigset_t waited_for() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
    return signals;
}

}  // namespace

void block_signals() {
    const sigset_t signals = waited_for();
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

int wait_for_signal() {
    const sigset_t signals = waited_for();
    int signal = 0;
    while (::sigwait(&signals, &signal) != 0) {
    }
    return signal;
}

}  // namespace custdkim
