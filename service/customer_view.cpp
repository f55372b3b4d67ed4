#include "service/customer_view.hpp"

#include <algorithm>

#include "dns/address_policy.hpp"
#include "dns/prober.hpp"
#include "dns/recursive_resolver.hpp"
#include "dns/root_hints.hpp"
#include "dns/stub_resolver.hpp"

namespace custdkim {

namespace {

constexpr std::size_t questions_per_look = 4;  // under way at one time

Result<std::vector<dns::ServerAddress>> roots_of(const ActivationConfig& config) {
    std::vector<dns::ServerAddress> roots;
    if (!config.root_hints.empty()) {
        auto read = dns::read_root_hints(config.root_hints);
        if (!read) return read.error();
        roots = std::move(*read);
    } else if (config.resolvers.empty()) {
        roots = dns::built_in_root_servers();
    }
    for (dns::ServerAddress& root : roots) root.port = config.port;
    return roots;
}

// Who is named in the configuration may be asked, wherever they are: they are no customer's choice.
Result<dns::AddressPolicy> with_resolvers(const ActivationConfig& config) {
    std::vector<std::string> allow = config.allow;
    for (const dns::ServerAddress& server : config.resolvers) {
        const bool v6 = server.address.find(':') != std::string::npos;
        allow.push_back(server.address + (v6 ? "/128" : "/32"));
    }
    return dns::AddressPolicy::make(allow, config.forbid);
}

Result<std::unique_ptr<dns::Resolver>> open_resolver(const ActivationConfig& config, Random& random) {
    if (!config.resolvers.empty() && config.trust_anchor.empty())
        return std::make_unique<dns::StubResolver>(config.resolvers, random, config.deadline);
    auto policy = with_resolvers(config);
    if (!policy) return policy.error();
    dns::RecursionSettings settings;
    settings.forwarders = config.resolvers;
    settings.root_hints = config.root_hints;
    settings.trust_anchor = config.trust_anchor;
    settings.addresses = std::move(*policy);
    settings.deadline = config.deadline;
    settings.at_once = std::max(settings.at_once, config.looks_at_once * questions_per_look);
    auto resolver = dns::RecursiveResolver::make(std::move(settings));
    if (!resolver) return resolver.error();
    return std::unique_ptr<dns::Resolver>(std::move(*resolver));
}

}  // namespace

Result<std::unique_ptr<CustomerView>> CustomerView::open(const ActivationConfig& config, Random& random) {
    auto policy = dns::AddressPolicy::make(config.allow, config.forbid);
    if (!policy) return policy.error();
    auto roots = roots_of(config);
    if (!roots) return roots.error();
    auto resolver = open_resolver(config, random);
    if (!resolver) return resolver.error();
    std::unique_ptr<CustomerView> view(new CustomerView);
    view->resolver_ = std::move(*resolver);
    view->name_servers_ = std::make_unique<dns::Prober>(std::move(*policy), random);
    view->roots_ = std::move(*roots);
    return view;
}

activation::Settings look_settings(const ActivationConfig& config) {
    activation::Settings settings;
    settings.strict = config.strict;
    settings.deadline = config.deadline;
    settings.diagnosis = config.diagnosis_deadline;
    settings.port = config.port;
    return settings;
}

}  // namespace custdkim
