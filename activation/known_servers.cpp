#include "activation/known_servers.hpp"

namespace custdkim::activation {

namespace {

constexpr std::size_t most_entries = 10000;
constexpr std::chrono::minutes registry_life{10}, address_life{1};

template <typename Table, typename Value, typename Time>
void learn(Table& table, const dns::Name& name, const Value& value, Time until) {
    if (table.size() >= most_entries) table.clear();  // rare, and they are soon learnt again
    table[name] = {value, until};
}

}  // namespace

std::optional<Delegation> KnownServers::registry_above(const dns::Name& name) {
    const std::lock_guard lock(mutex_);
    for (std::string_view above = name.text(); !above.empty(); above = dns::parent(above)) {
        const auto zone = dns::Name::parse(above);
        const auto found = zone ? registries_.find(*zone) : registries_.end();
        if (found != registries_.end() && found->second.until > Steady::now()) return found->second.value;
    }
    return std::nullopt;
}

void KnownServers::learn_registry(const Delegation& registry) {
    const std::lock_guard lock(mutex_);
    learn(registries_, registry.zone, registry, Steady::now() + registry_life);
}

std::optional<std::string> KnownServers::address_of(const dns::Name& server) {
    const std::lock_guard lock(mutex_);
    const auto found = addresses_.find(server);
    if (found == addresses_.end() || found->second.until <= Steady::now()) return std::nullopt;
    return found->second.value;
}

void KnownServers::learn_address(const dns::Name& server, const std::string& address) {
    const std::lock_guard lock(mutex_);
    learn(addresses_, server, address, Steady::now() + address_life);
}

}  // namespace custdkim::activation
