#include "cli/pipe.hpp"

#include <unistd.h>

#include <csignal>

#include "backend/pipe_relay.hpp"
#include "cli/config_problems.hpp"
#include "cli/outcome.hpp"
#include "cli/private_memory.hpp"
#include "service/config.hpp"

namespace custdkim::cli {

int pipe(const PipeOptions& options) {
    std::signal(SIGPIPE, SIG_IGN);
    keep_memory_private();  // DNSSEC keys pass through
    Config config;
    if (!options.config.empty()) {
        auto read = load_config(options.config, false);
        if (!read) return Exit::wrong;
        config = std::move(*read);
    }
    backend::PipeSettings settings;
    settings.socket = options.socket.empty() ? config.backend.unix_socket : options.socket;
    settings.patience = std::chrono::milliseconds(options.patience_milliseconds);
    const auto done = backend::PipeRelay(settings, STDIN_FILENO, STDOUT_FILENO).run();
    return done ? Exit::done : fail(exit_for(done.error().code), done.error().detail);
}

}  // namespace custdkim::cli
