// Signals wait for the thread that waits for them.
#include "service/signals.hpp"

#include <unistd.h>

#include <csignal>
#include <thread>

#include <catch2/catch.hpp>

namespace custdkim::test {

TEST_CASE("A signal that comes while nobody waits is not lost, and ends nothing") {
    sigset_t before;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
    block_signals();
    for (const int signal : {SIGHUP, SIGTERM, SIGINT, SIGHUP}) {
        std::thread([signal] { ::kill(::getpid(), signal); }).join();
        CHECK(wait_for_signal() == signal);
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace custdkim::test
