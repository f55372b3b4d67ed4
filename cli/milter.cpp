#include "cli/milter.hpp"

#include <grp.h>
#include <malloc.h>

#include <charconv>

#include "base/log.hpp"
#include "cli/outcome.hpp"
#include "cli/private_memory.hpp"
#include "milter/server.hpp"
#include "service/signals.hpp"
#include "service/supervisor.hpp"
#include "service/token_file.hpp"

namespace custdkim::cli {

namespace {

Result<mode_t> parse_mode(const std::string& text) {
    unsigned mode = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, mode, 8);
    if (error != std::errc() || stop != end || mode > 0777) {
        return invalid("'" + text + "' is not the mode of a socket; write it in octal, like 0660");
    }
    return mode;
}

Result<milter::SocketRights> rights_of(const MilterOptions& options) {
    const auto mode = parse_mode(options.socket_mode);
    if (!mode) return mode.error();
    milter::SocketRights rights{*mode, {}};
    if (options.socket_group.empty()) return rights;
    const group* const found = ::getgrnam(options.socket_group.c_str());
    if (!found) return invalid("there is no group '" + options.socket_group + "' on this machine");
    rights.group = found->gr_gid;
    return rights;
}

Result<milter::OutgoingRules> rules_of(const MilterOptions& options) {
    milter::OutgoingRules rules{options.all, {}, options.daemon_names};
    for (const std::string& cidr : options.trusted) {
        const auto network = dns::parse_network(cidr);
        if (!network) return network.error();
        rules.trusted.push_back(*network);
    }
    return rules;
}

Result<milter::MilterSettings> settings_of(const MilterOptions& options) {
    const auto listen = milter::parse_listen_address(options.listen);
    if (!listen) return listen.error();
    const auto rights = rights_of(options);
    if (!rights) return rights.error();
    const auto rules = rules_of(options);
    if (!rules) return rules.error();
    const std::string& url = options.access.url;
    if (!url.starts_with("http://") && !url.starts_with("https://")) {
        return invalid("'" + url + "' is not the URL of an API; write it like http://127.0.0.1:8080");
    }
    milter::SignService service{url, options.access.ca_file, options.org, !options.any_sender};
    return milter::MilterSettings{*listen, *rights, *rules, std::move(service)};
}

// Other than a command that somebody types, it needs the token that it was told of, before mail comes.
Result<SecretBytes> token_of(const ApiAccess& access) {
    if (access.token_file.empty()) return SecretBytes();
    return read_token_file(access.token_file);
}

}  // namespace

int milter(const MilterOptions& options) {
    block_signals();
    keep_memory_private();
    ::mallopt(M_ARENA_MAX, 2);  // messages come and go on many threads; each would keep memory of its own
    set_log_priorities(logs_to_journal());
    const auto settings = settings_of(options);
    if (!settings) return fail(Exit::wrong, settings.error().detail);
    auto token = token_of(options.access);
    if (!token) return fail(Exit::wrong, token.error().detail);
    const auto ended = milter::run_milter(*settings, std::move(*token), [&] {
        log_info("listening", {{"address", options.listen}, {"api", options.access.url}});
        notify_ready("Listening");
    });
    notify_stopping();
    if (!ended) return fail(exit_for(ended.error().code), ended.error().detail);
    log_info("stopped");
    return Exit::done;
}

}  // namespace custdkim::cli
