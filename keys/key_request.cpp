#include "keys/key_request.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "dns/customer_domain.hpp"
#include "keys/access.hpp"

namespace custdkim {

namespace {

constexpr std::string_view domainkey = "_domainkey";

Result<std::string> check_selector(const std::string& typed) {
    if (typed.find('.') != std::string::npos) {
        return refused("the selector '" + typed +
                       "' has a dot; use a single label, since many DNS providers refuse the dotted form");
    }
    if (!dns::is_host_label(typed)) {
        return invalid("'" + typed +
                       "' is not a selector: use 1 to 63 letters, digits and inner hyphens (RFC 6376 "
                       "section 3.1)");
    }
    return to_lower(typed);
}

// All or none: with one given, the others would be a guess that the customer has to publish.
Result<std::vector<std::string>> check_selectors(const KeyRequest& request) {
    std::vector<std::string> selectors;
    if (!request.selector && !request.alternate_selector && !request.third_selector) return selectors;
    if (!request.selector || !request.alternate_selector) {
        return invalid("give both a selector and an alternate selector, or neither");
    }
    for (const auto* typed : {&request.selector, &request.alternate_selector, &request.third_selector}) {
        if (!*typed) continue;
        auto selector = check_selector(**typed);
        if (!selector) return selector.error();
        if (std::find(selectors.begin(), selectors.end(), *selector) != selectors.end()) {
            return invalid("the selector and the alternate selector are both '" + *selector +
                           "'; rotation needs two different ones");
        }
        selectors.push_back(std::move(*selector));
    }
    return selectors;
}

// Of selectors that check_selectors() refuses: the one that is none, else the alternate, which is missing or
// the same as another.
std::string_view selector_at_fault(const KeyRequest& request) {
    const auto is_bad = [](const std::optional<std::string>& typed) {
        return typed && !check_selector(*typed);
    };
    if (is_bad(request.selector) || !request.selector) return "selector";
    if (is_bad(request.third_selector) && !is_bad(request.alternate_selector)) return "third_selector";
    return "alternate_selector";
}

// ".mail.example.com", as patterns are written elsewhere, is that domain with all below it.
bool is_pattern(const KeyRequest& request) {
    return request.domain.size() > 1 && request.domain.front() == '.';
}

Result<dns::Name> check_domain(const KeyRequest& request) {
    return dns::read_customer_domain(std::string_view(request.domain).substr(is_pattern(request) ? 1 : 0));
}

Result<DomainMatch> check_match(const KeyRequest& request) {
    if (!is_pattern(request)) return parse_domain_match(request.match.value_or("domain"));
    constexpr DomainMatch meant = DomainMatch::domain_and_subdomains;
    if (request.match && *request.match != to_string(meant)) {
        return invalid("the pattern '" + request.domain + "' stands for the match " +
                       std::string(to_string(meant)) + ", and " + *request.match +
                       " was asked for; leave one of them out");
    }
    return meant;
}

Result<dns::Name> check_zone(const KeyRequest& request, std::span<const dns::Name> zones) {
    if (!request.zone) return zones.front();
    const auto name = dns::Name::parse(*request.zone);
    if (name && std::find(zones.begin(), zones.end(), *name) != zones.end()) return *name;
    std::string known;
    for (const dns::Name& zone : zones) known += (known.empty() ? "" : ", ") + zone.text();
    return refused("'" + *request.zone + "' is not a key zone here; there is " + known);
}

Result<std::string> check_org(const KeyRequest& request) {
    if (!request.org) return std::string("default");
    if (const auto fits = check_plain_name(*request.org, "an organisation"); !fits) return fits.error();
    return *request.org;
}

Result<void> check_not_ours(const dns::Name& domain, std::span<const dns::Name> zones) {
    for (const dns::Name& zone : zones) {
        if (domain.relative_to(zone)) {
            return refused("'" + domain.text() + "' is in our own key zone " + zone.text() +
                           "; give the customer's domain");
        }
    }
    return {};
}

}  // namespace

Result<CheckedRequest> check_request(const KeyRequest& request, std::span<const dns::Name> zones) {
    const auto domain = check_domain(request);
    if (!domain) return domain.error();
    auto selectors = check_selectors(request);
    if (!selectors) return selectors.error();
    if (const auto foreign = check_not_ours(*domain, zones); !foreign) return foreign.error();
    const auto match = check_match(request);
    if (!match) return match.error();
    const auto type = parse_key_type(request.type.value_or("rsa-2048"));
    if (!type) return type.error();
    const auto zone = check_zone(request, zones);
    if (!zone) return zone.error();
    if (const auto fits = check_lengths(*domain, *zone, *selectors); !fits) return fits.error();
    const auto org = check_org(request);
    if (!org) return org.error();
    return CheckedRequest{*domain, std::move(*selectors), *match, *type, *zone, *org};
}

std::string_view field_at_fault(const KeyRequest& request, std::span<const dns::Name> zones) {
    const auto domain = check_domain(request);
    if (!domain) return "domain";
    const auto selectors = check_selectors(request);
    if (!selectors) return selector_at_fault(request);
    if (!check_not_ours(*domain, zones)) return "domain";
    if (!check_match(request)) return "match";
    if (!parse_key_type(request.type.value_or("rsa-2048"))) return "type";
    const auto zone = check_zone(request, zones);
    if (!zone) return "zone";
    if (!check_lengths(*domain, *zone, *selectors)) return "domain";
    return check_org(request) ? "" : "org";
}

Result<void> check_lengths(const dns::Name& domain, const dns::Name& zone,
                           std::span<const std::string> selectors) {
    std::size_t longest = selectors.empty() ? 2 : 0;  // s1, s2
    for (const std::string& selector : selectors) longest = std::max(longest, selector.size());
    const auto check = [&](const dns::Name& base, std::string_view between) -> Result<void> {
        const std::size_t wire = 1 + longest + 1 + between.size() + base.wire_length();
        if (wire <= dns::max_wire_length) return {};
        return refused("'" + base.text() + "' is too long: with the selector and '" + std::string(between) +
                       "' in front the name has " + std::to_string(wire) + " octets, and DNS allows 255");
    };
    if (auto fits = check(domain, domainkey); !fits) return fits;
    return check(zone, std::string(label_length, 'x'));
}

std::vector<std::string> choose_selectors(std::span<const std::string> in_use, std::size_t count) {
    std::vector<std::string> chosen;
    for (unsigned n = 1; chosen.size() < count; ++n) {
        std::string selector = "s" + std::to_string(n);
        if (std::find(in_use.begin(), in_use.end(), selector) == in_use.end()) {
            chosen.push_back(std::move(selector));
        }
    }
    return chosen;
}

}  // namespace custdkim
