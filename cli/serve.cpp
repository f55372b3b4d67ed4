#include "cli/serve.hpp"

#include <sys/stat.h>

#include <csignal>

#include "base/log.hpp"
#include "cli/config_problems.hpp"
#include "cli/outcome.hpp"
#include "cli/private_memory.hpp"
#include "service/config.hpp"
#include "service/service.hpp"
#include "service/signals.hpp"
#include "service/supervisor.hpp"

namespace custdkim::cli {

namespace {

constexpr std::string_view serving = "Serving";

// Of the configuration only the level of the log is taken over while we run.
void take_log_level(const std::filesystem::path& config_file) {
    const ConfigOutcome outcome = read_config(config_file);
    for (const std::string& problem : outcome.problems) {
        log_warning("the configuration is broken; the log level stays as it is", {{"reason", problem}});
    }
    if (outcome.config) set_log_level(outcome.config->log.level);
}

// SIGHUP reads zone files, the API's certificate and the level of the log again.
void wait_for_end(Service& service, const std::filesystem::path& config_file) {
    while (wait_for_signal() == SIGHUP) {
        notify_reloading();
        take_log_level(config_file);
        service.operations().reload_zones();
        service.read_certificate_again();
        notify_ready(serving);
    }
}

}  // namespace

int serve(const std::filesystem::path& config_file) {
    block_signals();
    keep_memory_private();
    ::umask(077);  // the store and what belongs to it
    const auto config = load_config(config_file, false);
    if (!config) return Exit::wrong;
    set_log_level(config->log.level);
    set_log_format(config->log.format);
    set_log_priorities(logs_to_journal());
    const SystemClock clock;
    SystemRandom random;
    auto service = Service::start(*config, {clock, random}, take_inherited_sockets());
    if (!service) {
        notify_stopping();
        return fail(exit_for(service.error().code), service.error().detail);
    }
    for (const ServedZone* const zone : (*service)->zones().all()) {
        log_info("serving",
                 {{"zone", zone->name().text()},
                  {"serial", zone->serial()},
                  {"records", zone->record_count()},
                  {"socket", config->backend.unix_socket.string()},
                  {"api", config->api.listen.address + ":" + std::to_string((*service)->api_port())}});
    }
    notify_ready(serving);
    wait_for_end(**service, config_file);
    log_info("stopping");
    notify_stopping();
    store_connections((*service)->hand_over());
    service->reset();
    log_info("stopped");
    return Exit::done;
}

}  // namespace custdkim::cli
