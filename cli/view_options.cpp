#include "cli/view_options.hpp"

#include <algorithm>

#include "dns/address_policy.hpp"
#include "dns/customer_domain.hpp"

namespace custdkim::cli {

namespace {

constexpr std::size_t max_typed = 1024;  // names are at most 253 characters of A-labels

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// IDNA knows no underscores: what stands before the first label that needs it stays as it is.
std::size_t unicode_part(std::string_view typed) {
    const auto first = std::find_if(typed.begin(), typed.end(), [](char c) { return !is_ascii({&c, 1}); });
    const std::size_t dot = typed.rfind('.', static_cast<std::size_t>(first - typed.begin()));
    return dot == std::string_view::npos ? 0 : dot + 1;
}

}  // namespace

Result<ActivationConfig> read_view(const ViewOptions& options) {
    ActivationConfig config;
    for (const std::string& typed : options.resolvers) {
        const auto server = dns::parse_server_address(typed, 53);
        if (!server) return invalid("--resolver: " + server.error().detail);
        config.resolvers.push_back(*server);
    }
    for (const std::string& network : options.allow) {
        if (const auto fine = dns::check_network(network); !fine)
            return invalid("--allow: " + fine.error().detail);
    }
    const auto deadline = parse_duration(options.deadline);
    if (!deadline || *deadline < Duration(1) || *deadline > Duration(60))
        return invalid("--deadline: '" + options.deadline + "' must be from 1s to 60s");
    if (options.port == 0 || options.port > 65535)
        return invalid("--port: " + std::to_string(options.port) + " must be from 1 to 65535");
    config.allow = options.allow;
    config.root_hints = options.root_hints;
    config.trust_anchor = options.trust_anchor;
    config.deadline = *deadline;
    config.port = static_cast<std::uint16_t>(options.port);
    return config;
}

Result<dns::Name> read_typed_name(std::string_view typed) {
    if (typed.size() > max_typed) return invalid("the name is longer than DNS allows (253 characters)");
    if (typed == ".") return dns::Name();
    if (typed.empty()) return invalid("the name is empty");
    if (is_ascii(typed)) return dns::Name::parse(typed);
    const std::size_t from = unicode_part(typed);
    const auto domain = dns::read_customer_domain(typed.substr(from));
    if (!domain) return domain.error();
    return dns::Name::parse(std::string(typed.substr(0, from)) + domain->text());
}

std::string printable(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if ((octet >= 0x20 && octet != 0x7f) || c == '\t') {
            out += c;
            continue;
        }
        const std::string digits = std::to_string(octet);
        out += '\\' + std::string(3 - digits.size(), '0') + digits;
    }
    return out;
}

}  // namespace custdkim::cli
