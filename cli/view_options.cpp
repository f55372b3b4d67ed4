#include "cli/view_options.hpp"

#include "dns/address_policy.hpp"

namespace custdkim::cli {

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
