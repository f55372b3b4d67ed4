#include "cli/serve.hpp"

#include <sys/stat.h>

#include <csignal>
#include <iostream>

#include "base/log.hpp"
#include "cli/new_file.hpp"
#include "cli/outcome.hpp"
#include "cli/private_memory.hpp"
#include "service/config.hpp"
#include "service/pdns_config.hpp"
#include "service/service.hpp"
#include "service/signals.hpp"
#include "service/supervisor.hpp"
#include "service/token_file.hpp"

namespace custdkim::cli {

namespace {

constexpr std::string_view serving = "Serving";

// Nothing where the configuration has problems, which have been told then.
std::optional<Config> load(const std::filesystem::path& file) {
    ConfigOutcome outcome = read_config(file);
    for (const std::string& problem : outcome.problems) fail(Exit::wrong, problem);
    return std::move(outcome.config);
}

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

std::string counted(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

// Not for everybody: a token can be in it.
int write_private(const std::filesystem::path& target, std::string_view text) {
    auto file = NewFile::beside(target);
    if (!file) return fail(exit_for(file.error().code), file.error().detail);
    if (const auto written = file->append(text); !written)
        return fail(exit_for(written.error().code), written.error().detail);
    if (const auto placed = file->take_place(0640); !placed)
        return fail(exit_for(placed.error().code), placed.error().detail);
    return Exit::done;
}

}  // namespace

int serve(const std::filesystem::path& config_file) {
    block_signals();
    keep_memory_private();
    ::umask(077);  // the store and what belongs to it
    const auto config = load(config_file);
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

int check_config(const std::filesystem::path& config_file) {
    const auto config = load(config_file);
    if (!config) return Exit::wrong;
    const auto problems = check_files(*config);
    for (const std::string& problem : problems) fail(Exit::wrong, problem);
    if (!problems.empty()) return Exit::wrong;
    std::cout << config_file.string() << " is fine: " << counted(config->zones.size(), "key zone")
              << (config->static_zones.empty() ? ""
                                               : ", " + counted(config->static_zones.size(), "static zone"))
              << std::endl;
    return Exit::done;
}

int print_pdns_config(const PdnsConfigOptions& options) {
    const auto config = load(options.config);
    if (!config) return Exit::wrong;
    PdnsChoice choice;
    choice.connector = options.connector;
    std::error_code unknown;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
    if (!unknown) choice.program = program.string();
    if (!config->backend.http_token_file.empty() && options.connector.starts_with("http")) {
        const auto token = read_token_file(config->backend.http_token_file);
        if (!token) return fail(Exit::wrong, token.error().detail);
        choice.token.assign(reinterpret_cast<const char*>(token->data()), token->size());
    }
    const auto text = pdns_config(*config, choice);
    if (!text) return fail(Exit::wrong, text.error().detail);
    if (!options.output.empty()) return write_private(options.output, *text);
    std::cout << *text << std::flush;
    return Exit::done;
}

}  // namespace custdkim::cli
