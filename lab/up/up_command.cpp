#include "lab/up/up_command.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <iostream>
#include <limits>

#include "lab/outcome.hpp"
#include "lab/up/lab.hpp"
#include "service/signals.hpp"
#include "service/token_file.hpp"

namespace custdkim::lab {

namespace {

Result<void> set_clock(std::string_view text, LabSettings& settings) {
    const std::string_view kind = text.substr(0, text.find(':'));
    if (text == "system" || text == "frozen") {
        settings.clock = text == "system" ? ClockKind::system : ClockKind::frozen;
        return {};
    }
    settings.clock = ClockKind::accelerated;
    if (text == "accelerated") return {};
    const std::string_view rate = text.substr(std::min(text.size(), kind.size() + 1));
    const auto read = std::from_chars(rate.data(), rate.data() + rate.size(), settings.rate);
    if (kind == "accelerated" && read.ec == std::errc() && read.ptr == rate.data() + rate.size() &&
        settings.rate > 0 && settings.rate <= 10'000'000) {
        return {};
    }
    return invalid("'" + std::string(text) +
                   "' is no clock: --clock is system, frozen, accelerated, or accelerated:RATE with the "
                   "seconds in each second, up to 10000000");
}

Result<LabSettings> settings_of(const UpOptions& options) {
    LabSettings settings;
    settings.listen = options.listen;
    settings.allow_any_address = options.allow_any_address;
    settings.dns_port = options.dns;
    settings.api_port = options.http;
    if (options.http == std::numeric_limits<std::uint16_t>::max()) {
        return invalid("--http takes two ports, this one and the next: 65535 has no next one");
    }
    settings.lab_port = options.http == 0 ? 0 : static_cast<std::uint16_t>(options.http + 1);
    if (options.store != "memory" && options.store != "file") {
        return invalid("'" + options.store + "' is no store: --store is memory or file");
    }
    settings.keeps_store = options.store == "file";
    if (const auto set = set_clock(options.clock, settings); !set) return set.error();
    return settings;
}

// With the token behind '#', which a browser does not send: but only where a person reads it, not a log.
std::string console_url(const Endpoints& at) {
    const std::string url = at.api + "/console/";
    if (::isatty(STDOUT_FILENO) == 0) return url;
    const auto token = read_token_file(at.token_file);
    return token ? url + "#token=" + std::string(token->span().begin(), token->span().end()) : url;
}

std::string introduction(const Lab& lab, const UpOptions& options, const std::filesystem::path& pdns_conf) {
    const Endpoints& at = lab.endpoints();
    const std::string dns_address = at.dns.substr(0, at.dns.rfind(':'));
    const std::string dns_port = at.dns.substr(at.dns.rfind(':') + 1);
    const bool is_default = options.state == usual_state_directory();
    const std::string state = is_default ? "" : " --state " + options.state.string();
    // clang-format off
    return "The lab is up; it is " + format_rfc3339(lab.now()) + " (clock: " + options.clock + "). Ctrl-C ends it.\n\n"
           "  console          " + console_url(at) + "\n"
           "  custdkim's API   " + at.api + "\n"
           "  the lab's        " + at.lab + "\n"
           "  token for both   " + at.token_file.string() + "\n"
           "  test resolver    " + at.dns + "\n"
           "  for PowerDNS     " + at.socket.string() + ", with " + pdns_conf.string() + "\n\n"
           "To try first, in another terminal:\n\n"
           "  export CUSTDKIM_API=" + at.api + " CUSTDKIM_TOKEN_FILE=" + at.token_file.string() + "\n"
           "  custdkim key create acme.example\n"
           "  custdkim-lab customer set acme.example cname-proxied" + state + "\n"
           "  dig @" + dns_address + " -p " + dns_port + " s1._domainkey.acme.example CNAME\n"
           "  custdkim key activate acme.example          # refused, and why\n"
           "  custdkim-lab customer fix acme.example" + state + "\n"
           "  custdkim key activate acme.example\n"
           "  custdkim-lab clock advance 30d" + state + "\n"
           "  custdkim key show acme.example\n";
    // clang-format on
}

}  // namespace

int up_command(const UpOptions& options) {
    const auto settings = settings_of(options);
    if (!settings) return fail(settings.error());
    block_signals();
    ::umask(077);
    const SystemClock system;
    SystemRandom random;
    const auto state = StateDirectory::open(options.state, random);
    if (!state) return fail(state.error());
    const auto lab = Lab::start(*settings, *state, system, random);
    if (!lab) return fail(lab.error());
    std::cout << introduction(**lab, options, state->pdns_config_file()) << std::flush;
    wait_for_signal();
    return Exit::done;
}

}  // namespace custdkim::lab
