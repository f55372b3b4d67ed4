#include "lab/internet/internet.hpp"

#include <algorithm>
#include <mutex>

#include "base/log.hpp"
#include "lab/internet/state.hpp"

namespace custdkim::lab {

namespace {

// What stands for a key that is not there: a record, and no key in it (RFC 6376 section 3.6.1).
constexpr std::string_view no_key = "v=DKIM1; k=rsa; p=";

Error not_found(std::string detail) { return {Errc::not_found, std::move(detail)}; }

Error unknown_customer(const dns::Name& domain) {
    return not_found("the lab has no customer " + domain.text());
}

WireName wire(const dns::Name& domain) { return wire_name(domain.is_root() ? "." : domain.text()).value(); }

bool mentions(const std::optional<std::string>& text, std::string_view word) {
    return text && text->find(word) != std::string::npos;
}

// Whether any text that will be filled in speaks of a key.
bool mentions_key(const CustomerOrder& order, char slot) {
    const Misconfiguration& misconfiguration = *order.misconfiguration;
    const std::string key = std::string("{key") + slot, text = std::string("{txt") + slot;
    const auto either = [&](const std::optional<std::string>& in) {
        return mentions(in, key) || mentions(in, text);
    };
    bool found = either(misconfiguration.zone) || either(misconfiguration.before) ||
                 either(order.flavour->zone) || either(order.replacement) ||
                 (misconfiguration.dnssec && either(misconfiguration.dnssec->added));
    for (const OddServer& server : misconfiguration.servers) found = found || either(server.zone);
    for (const auto* faults : {&order.flavour->faults, &misconfiguration.faults}) {
        for (const ServerFault& fault : *faults) found = found || either(fault.records);
    }
    return found;
}

}  // namespace

Internet::State::State(const Catalogue& catalogue, const Clock& clock, KeyZoneServer& key_zones,
                       const AddressPlan& plan, bool signs_root)
    : catalogue_(catalogue),
      clock_(clock),
      key_zones_(key_zones),
      addresses_(plan),
      provider_(wire_name(provider_zone).value(), provider_records(addresses_)),
      registry_signer_(signs_root ? std::make_unique<OnlineSigner>(registry_key_) : nullptr),
      registry_(addresses_, delegations_, registry_signer_.get()) {
    const WireName provider = provider_.apex();
    delegations_.put({provider, {below("ns", provider)}, {}});
    for (const WireName& zone : key_zones_.names()) {
        delegations_.put({zone, {wire_name(key_server_name()).value()}, {}});
    }
}

Result<void> Internet::State::check_domain(const dns::Name& domain) const {
    const WireName name = wire(domain);
    const Suffixes suffixes(name);
    const std::string text = domain.text();
    if (suffixes.labels() < 2) {
        return invalid("'" + text + "' cannot be a customer's domain; it needs at least two labels");
    }
    if (is_at_or_below(name, provider_.apex())) {
        return invalid(text + " is inside " + std::string(provider_zone) + ", the lab's own; take another");
    }
    if (key_zones_.holds(name)) {
        return invalid(text + " is inside a key zone; a customer's domain is their own");
    }
    const WireName root(1, '\0');
    if (is_at_or_below(name, parent(Registry::server_of(root))) ||
        is_at_or_below(name, parent(Registry::server_of(suffixes.of(1))))) {
        return invalid(text + " is inside the lab's own registry; take another");
    }
    return {};
}

std::array<std::string, 2> Internet::State::key_texts(const CustomerOrder& order) const {
    std::array<std::string, 2> texts;
    for (std::size_t slot = 0; slot < texts.size(); ++slot) {
        texts[slot] = no_key;
        if (!mentions_key(order, static_cast<char>('1' + slot))) continue;
        const auto target = wire_name(order.customer.key.targets[slot]);
        if (!target) continue;
        const auto records = key_zones_.texts(*target);
        if (!records.empty()) texts[slot] = joined_text(records.front());
    }
    return texts;
}

Result<Customer> Internet::State::put(CustomerOrder order) {
    order.texts = key_texts(order);
    const std::unique_lock lock(mutex_);
    order.serial = static_cast<std::uint32_t>(clock_.now().time_since_epoch().count());
    const auto found = customers_.find(wire(order.customer.key.domain));
    order.set = found == customers_.end() ? next_set_ : found->second->order().set;
    if (found != customers_.end()) order.serial = std::max(order.serial, found->second->order().serial + 1);
    const bool is_new = found == customers_.end();
    const auto world = build(std::move(order));
    if (!world) return world.error();
    if (is_new) next_set_ = (next_set_ + 1) % addresses_.sets();
    sign_again_above((*world)->apex());
    ++generation_;
    return (*world)->customer();
}

Result<Internet::State::World> Internet::State::build(CustomerOrder order) {
    order.children.clear();
    if (order.misconfiguration->dnssec) {
        order.children = delegations_.directly_below(wire(order.customer.key.domain));
    }
    auto made = CustomerWorld::make(std::move(order), {customer_key_, other_key_});
    if (!made) return made.error();
    const World world = std::move(*made);
    delegations_.put(world->delegation());
    customers_.insert_or_assign(world->apex(), world);
    return world;
}

// A signed zone has its delegations in its chain of NSEC.
void Internet::State::sign_again_above(const WireName& zone) {
    const Suffixes suffixes(zone);
    for (std::size_t labels = suffixes.labels() - 1; labels > 1; --labels) {
        const auto found = customers_.find(suffixes.of(labels));
        if (found == customers_.end()) continue;
        if (!found->second->is_signed()) return;
        CustomerOrder order = found->second->order();
        ++order.serial;
        if (const auto built = build(std::move(order)); !built) {
            log_error("a signed zone could not be made anew", {{"why", built.error().detail}});
        }
        return;
    }
}

Result<Customer> Internet::State::set(const CustomerKey& key, std::string_view misconfiguration,
                                      std::string_view flavour) {
    if (const auto fine = check_domain(key.domain); !fine) return fine.error();
    CustomerOrder order;
    order.misconfiguration = catalogue_.find(misconfiguration);
    if (!order.misconfiguration) {
        return not_found("there is no misconfiguration '" + std::string(misconfiguration) +
                         "'; `custdkim-lab misconfigurations` lists them");
    }
    order.flavour = order.misconfiguration->flavour(flavour);
    if (!order.flavour) {
        std::string known;
        for (const Flavour& other : order.misconfiguration->flavours) {
            known += (known.empty() ? "" : ", ") + other.id;
        }
        return not_found("'" + order.misconfiguration->id + "' has no flavour '" + std::string(flavour) +
                         "'; it has " + known);
    }
    order.customer.key = key;
    order.customer.misconfiguration = order.misconfiguration->id;
    order.customer.flavour = order.flavour->id;
    order.customer.since = clock_.now();
    return put(std::move(order));
}

Result<Customer> Internet::State::replace_zone(const dns::Name& domain, std::string_view zone_text,
                                               std::string_view name) {
    const World old = find(domain);
    if (!old) return unknown_customer(domain);
    CustomerOrder order = old->order();
    order.replacement = std::string(zone_text);
    order.replacement_name = std::string(name);
    order.customer.replaced = true;
    return put(std::move(order));
}

Result<void> Internet::State::remove(const dns::Name& domain) {
    const std::unique_lock lock(mutex_);
    const WireName name = wire(domain);
    if (customers_.erase(name) == 0) return unknown_customer(domain);
    delegations_.remove(name);
    sign_again_above(name);
    ++generation_;
    return {};
}

std::shared_ptr<const CustomerWorld> Internet::State::find(const dns::Name& domain) const {
    const std::shared_lock lock(mutex_);
    const auto found = customers_.find(wire(domain));
    return found == customers_.end() ? nullptr : found->second;
}

std::vector<Customer> Internet::State::list() const {
    std::vector<Customer> customers;
    {
        const std::shared_lock lock(mutex_);
        for (const auto& entry : customers_) customers.push_back(entry.second->customer());
    }
    std::sort(customers.begin(), customers.end(),
              [](const Customer& one, const Customer& other) { return one.key.domain < other.key.domain; });
    return customers;
}

std::uint64_t Internet::State::generation() const {
    const std::shared_lock lock(mutex_);
    return generation_;
}

bool Internet::State::knows(const WireName& folded) const {
    const std::shared_lock lock(mutex_);
    return delegations_.any_at_or_above(folded) || delegations_.any_at_or_below(folded);
}

Internet::Internet(const Catalogue& catalogue, const Clock& clock, KeyZoneServer& key_zones, AddressPlan plan,
                   bool signs_root)
    : state_(std::make_unique<State>(catalogue, clock, key_zones, plan, signs_root)) {}

Internet::~Internet() = default;

Result<Customer> Internet::set(const CustomerKey& key, std::string_view misconfiguration,
                               std::string_view flavour) {
    return state_->set(key, misconfiguration, flavour);
}

Result<Customer> Internet::replace_zone(const dns::Name& domain, std::string_view zone_text,
                                        std::string_view name) {
    return state_->replace_zone(domain, zone_text, name);
}

Result<void> Internet::remove(const dns::Name& domain) { return state_->remove(domain); }

std::optional<Customer> Internet::find(const dns::Name& domain) const {
    const auto world = state_->find(domain);
    if (!world) return std::nullopt;
    return world->customer();
}

std::vector<Customer> Internet::list() const { return state_->list(); }

Reply Internet::ask(std::span<const std::uint8_t> question, const std::string& server_address,
                    Transport transport) {
    return state_->ask(question, server_address, transport);
}

bool Internet::knows(const WireName& folded) const { return state_->knows(folded); }

std::vector<std::string> Internet::addresses() const { return state_->addresses().all(); }

std::vector<std::string> Internet::root_addresses() const { return {state_->addresses().root()}; }

std::string Internet::root_hints() const {
    const std::string server = to_text(Registry::server_of(WireName(1, '\0')));
    return ". 3600000 IN NS " + server + "\n" + server + " 3600000 IN A " + state_->addresses().root() + "\n";
}

std::string Internet::trust_anchor() const {
    const WireName root(1, '\0');
    const std::string ds = ds_rdata(root, state_->registry_key().dnskey());
    return ". 3600 IN DS " + rdata_text({root, type::ds, 0, ds}) + "\n";
}

Result<std::string> Internet::export_zone(const dns::Name& domain, unsigned server) const {
    const auto world = state_->find(domain);
    if (!world) return unknown_customer(domain);
    std::string text = world->master_file(server);
    if (text.empty()) {
        return not_found("name server " + std::to_string(server) + " of " + domain.text() + " has no zone");
    }
    return text;
}

std::uint64_t Internet::generation() const { return state_->generation(); }

}  // namespace custdkim::lab
