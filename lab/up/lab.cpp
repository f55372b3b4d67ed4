#include "lab/up/lab.hpp"

#include <algorithm>

#include "dns/server_address.hpp"
#include "service/pdns_config.hpp"
#include "service/token_file.hpp"

namespace custdkim::lab {

namespace {

constexpr std::string_view key_zone = "custdkim.example.net";

Timestamp first_moment(const LabSettings& settings, const StateDirectory& state, const Clock& system) {
    const auto last = settings.keeps_store ? state.last_time() : std::nullopt;
    return std::max(system.now(), last.value_or(system.now()));
}

// As a person would write it: `custdkim pdns-config` and people can read it, too.
std::string config_text(const LabSettings& settings, const StateDirectory& state) {
    const auto quoted = [](const std::string& text) { return "\"" + text + "\"\n"; };
    return "# Made by: custdkim-lab up\n[[zone]]\nname = " + quoted(std::string(key_zone)) +
           "nameservers = [\"ns1.example.net\"]\nhostmaster = \"hostmaster.example.net\"\n"
           "[backend]\nunix = " +
           quoted(state.socket().string()) +
           "[api]\nlisten = " + quoted("127.0.0.1:" + std::to_string(settings.api_port)) +
           "token_file = " + quoted(state.token_file().string()) + "[store]\nurl = " +
           quoted(settings.keeps_store ? "sqlite:" + state.store_file().string() : "memory:") +
           "[keys]\nmaster_key_file = " + quoted(state.master_key_file().string()) + "pool = 4\n" +
           "[sending]\nlease = \"1h\"\n[log]\nlevel = \"warning\"\n";
}

std::string url(const std::string& address, std::uint16_t port) {
    return "http://" + to_string(dns::ServerAddress{address, port});
}

}  // namespace

Lab::Lab(const LabSettings& settings, const StateDirectory& state, const Clock& system, Random& random)
    : state_(state),
      simulated_clock_(first_moment(settings, state, system), random.text(16, "0123456789abcdef")),
      clock_(settings.clock == ClockKind::system ? &system : &simulated_clock_),
      key_zones_({dns::Name::parse(key_zone).value()}),
      internet_(Catalogue::built_in(), *clock_, key_zones_),
      service_resolver_(internet_, *clock_),
      service_servers_(internet_),
      resolver_(over(internet_), *clock_),
      face_(resolver_, log_, *clock_) {}

Lab::~Lab() {
    mounted_control_.withdraw();
    if (!endpoints_.api.empty()) state_.remove_endpoints();  // else they may be another lab's
}

Result<std::unique_ptr<Lab>> Lab::start(const LabSettings& settings, const StateDirectory& state,
                                        const Clock& system, Random& random) {
    if (!settings.allow_any_address && !dns::is_loopback(settings.listen)) {
        return refused("'" + settings.listen +
                       "' is no loopback address: others would take the lab's answers for the truth; if that "
                       "is what you want, add --allow-any-address");
    }
    std::unique_ptr<Lab> lab(new Lab(settings, state, system, random));
    if (const auto started = lab->start_service(settings, random); !started) return started.error();
    if (const auto started = lab->start_world(settings); !started) return started.error();
    if (const auto told = lab->tell(settings); !told) return told.error();
    return lab;
}

Result<void> Lab::start_service(const LabSettings& settings, Random& random) {
    const std::string text = config_text(settings, state_);
    if (const auto written = state_.write(state_.config_file(), text); !written) return written.error();
    ConfigOutcome outcome = read_config_text(text, state_.config_file());
    if (!outcome.config) return invalid(outcome.problems.front());
    // Nowhere else may the API be reached from beyond this machine: it has no TLS.
    outcome.config->api.listen.address = settings.listen;
    const auto pdns =
        state_.write(state_.pdns_config_file(), pdns_config(*outcome.config, {PdnsCaches::off}).value());
    if (!pdns) return pdns.error();
    set_log_level(outcome.config->log.level);
    auto service =
        Service::start(*outcome.config, {*clock_, random, generate_key_pair, &service_resolver_,
                                         &service_servers_, root_servers(internet_), &mounted_control_});
    if (!service) return service.error();
    service_ = std::move(*service);
    key_zones_.serve(service_->zones());
    if (settings.clock == ClockKind::system) {
        lab_clock_ = std::make_unique<SystemLabClock>(*clock_);
    } else {
        ServiceClock::Keep keep;
        if (settings.keeps_store) keep = [this](Timestamp now) { state_.keep_time(now); };
        lab_clock_ = std::make_unique<ServiceClock>(simulated_clock_, *service_,
                                                    settings.clock == ClockKind::frozen ? 0 : settings.rate,
                                                    std::move(keep));
    }
    return {};
}

Result<void> Lab::start_world(const LabSettings& settings) {
    keys_ = std::make_unique<ServiceKeys>(service_->registry());
    customers_ = std::make_unique<CustomerOrders>(internet_, resolver_, Catalogue::built_in(), *keys_,
                                                  &service_resolver_);
    auto token = read_token_file(state_.token_file());
    if (!token) return token.error();
    control_ = std::make_unique<Control>(
        Control::Parts{*customers_, Catalogue::built_in(), internet_, resolver_, log_, *lab_clock_},
        std::move(*token));
    mounted_control_.serve(*control_);
    http::ServerSettings listening;
    listening.what = "the lab's API";
    listening.address = settings.listen;
    listening.port = settings.lab_port;
    auto control_server = http::Server::start(listening, *control_);
    if (!control_server) return control_server.error();
    control_server_ = std::move(*control_server);
    DnsServerSettings questions;
    questions.addresses = {settings.listen};
    questions.port = settings.dns_port;
    questions.allow_any_address = settings.allow_any_address;
    auto dns_server = DnsServer::start(questions, face_);
    if (!dns_server) return dns_server.error();
    dns_server_ = std::move(*dns_server);
    return {};
}

Result<void> Lab::tell(const LabSettings& settings) {
    endpoints_ = {url(settings.listen, service_->api_port()), url(settings.listen, control_server_->port()),
                  to_string(dns::ServerAddress{settings.listen, dns_server_->port()}), state_.socket(),
                  state_.token_file()};
    return state_.write_endpoints(endpoints_);
}

}  // namespace custdkim::lab
