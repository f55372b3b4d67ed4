#include "lab/serving/test_resolver.hpp"

#include "http/server.hpp"
#include "lab/internet/address_plan.hpp"
#include "lab/resolver/over_internet.hpp"
#include "lab/serving/api_keys.hpp"
#include "lab/serving/control.hpp"
#include "lab/serving/dns_server.hpp"
#include "lab/serving/faces.hpp"
#include "lab/serving/forwarding.hpp"
#include "service/token_file.hpp"

namespace custdkim::lab {

namespace {

constexpr std::chrono::milliseconds upstream_deadline{3000};

struct Time {
    std::unique_ptr<LabClock> order;
    const Clock* clock;
};

Time make_clock(const ResolverConfig& config, const Clock& system) {
    if (config.clock == ClockKind::system) return {std::make_unique<SystemLabClock>(system), &system};
    const double rate = config.clock == ClockKind::frozen ? 0 : config.rate;
    auto paced = std::make_unique<PacedClock>(config.start.value_or(system.now()), rate);
    const Clock* const clock = paced.get();
    return {std::move(paced), clock};
}

Result<std::unique_ptr<KeySource>> make_keys(const ResolverConfig& config) {
    if (config.service_api.empty()) return std::unique_ptr<KeySource>(std::make_unique<NoKeys>());
    auto token = read_token_file(config.service_token_file);
    if (!token) return token.error();
    return std::unique_ptr<KeySource>(std::make_unique<ApiKeys>(config.service_api, std::move(*token)));
}

Resolver::Parts parts_of_resolver(Internet& internet, const ResolverConfig& config, Random& random) {
    Resolver::Parts parts = over(internet);
    if (config.upstream) {
        parts.upstream = [server = *config.upstream, &random](const Message& question) {
            return ask_upstream(server, question, random, upstream_deadline);
        };
    }
    return parts;
}

AddressPlan plan_of(const ResolverConfig& config) {
    AddressPlan plan;
    plan.network = config.network;
    plan.customer_servers = config.customer_servers;
    return plan;
}

}  // namespace

class TestResolver::Parts {
  public:
    Parts(const ResolverConfig& config, const Clock& system, Random& random, Catalogue catalogue,
          std::unique_ptr<KeySource> keys)
        : catalogue_(std::move(catalogue)),
          time_(make_clock(config, system)),
          key_zones_(config.key_zones, random),
          internet_(catalogue_, *time_.clock, key_zones_, plan_of(config)),
          resolver_(parts_of_resolver(internet_, config, random), *time_.clock),
          keys_(std::move(keys)),
          customers_(internet_, resolver_, catalogue_, *keys_),
          resolver_face_(resolver_, log_, *time_.clock),
          authority_face_(internet_, log_, *time_.clock) {}

    Result<void> listen(const ResolverConfig& config, SecretBytes token) {
        DnsServerSettings settings;
        for (const dns::ServerAddress& server : config.listen) settings.addresses.push_back(server.address);
        settings.port = config.listen.front().port;
        settings.allow_any_address = config.allow_any_address;
        auto dns = DnsServer::start(settings, resolver_face_);
        if (!dns) return dns.error();
        dns_ = std::move(*dns);
        if (config.has_authority) {
            auto authority = DnsServer::start(authority_settings(config), authority_face_);
            if (!authority) return authority.error();
            authority_ = std::move(*authority);
        }
        control_.emplace(Control::Parts{customers_, catalogue_, internet_, resolver_, log_, *time_.order,
                                        authority_port()},
                         std::move(token));
        http::ServerSettings control;
        control.what = "the lab's API";
        control.address = config.control.address;
        control.port = config.control.port;
        auto http = http::Server::start(control, *control_);
        if (!http) return http.error();
        http_ = std::move(*http);
        return {};
    }

    std::uint16_t dns_port() const { return dns_->port(); }
    std::uint16_t authority_port() const { return authority_ ? authority_->port() : 0; }
    std::uint16_t control_port() const { return http_->port(); }

  private:
    DnsServerSettings authority_settings(const ResolverConfig& config) const {
        DnsServerSettings settings;
        settings.addresses = internet_.addresses();
        if (config.only_infrastructure) {
            const Addresses plan(plan_of(config));
            std::erase_if(settings.addresses, [&](const std::string& address) {
                return plan.role(address)->kind == ServerRole::Kind::customers;
            });
        }
        settings.port = config.authority_port;
        return settings;
    }

    const Catalogue catalogue_;
    const Time time_;
    ForwardedKeyZones key_zones_;
    Internet internet_;
    Resolver resolver_;
    const std::unique_ptr<KeySource> keys_;
    CustomerOrders customers_;
    QueryLog log_;
    ResolverFace resolver_face_;
    AuthorityFace authority_face_;
    std::unique_ptr<DnsServer> dns_, authority_;
    std::optional<Control> control_;
    std::unique_ptr<http::Server> http_;
};

Result<std::unique_ptr<TestResolver>> TestResolver::start(const ResolverConfig& config, const Clock& system,
                                                          Random& random) {
    auto catalogue = config.catalogue.empty() ? Result<Catalogue>(Catalogue::built_in())
                                              : Catalogue::read(config.catalogue);
    if (!catalogue) return catalogue.error();
    auto token = read_token_file(config.control_token_file);
    if (!token) return token.error();
    auto keys = make_keys(config);
    if (!keys) return keys.error();
    auto parts = std::make_unique<Parts>(config, system, random, std::move(*catalogue), std::move(*keys));
    if (const auto listening = parts->listen(config, std::move(*token)); !listening) return listening.error();
    return std::unique_ptr<TestResolver>(new TestResolver(std::move(parts)));
}

TestResolver::TestResolver(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TestResolver::~TestResolver() = default;
std::uint16_t TestResolver::dns_port() const { return parts_->dns_port(); }
std::uint16_t TestResolver::authority_port() const { return parts_->authority_port(); }
std::uint16_t TestResolver::control_port() const { return parts_->control_port(); }

}  // namespace custdkim::lab
