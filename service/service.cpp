#include "service/service.hpp"

#include <algorithm>
#include <chrono>

#include "activation/observed_customer_dns.hpp"
#include "base/log.hpp"
#include "keys/sealing.hpp"
#include "service/customer_look.hpp"
#include "service/key_zones.hpp"
#include "service/provider_files.hpp"
#include "service/token_file.hpp"
#include "store/open_store.hpp"

namespace custdkim {

namespace {

constexpr std::chrono::seconds longest_wait{60};  // a clock that was stepped must not leave us asleep
constexpr std::string_view master_key_note = "master_key_check";

// The store and the master key belong together: a wrong key must be found out now, not at the first
// signature.
Result<void> check_master_key(Store& store, const Sealer& sealer, const Config& config) {
    const auto check = store.note(master_key_note);
    if (!check) return check.error();
    if (!*check) {
        const auto count = store.count_keys();
        if (!count) return count.error();
        if (*count > 0) {
            return Error{Errc::corrupt,
                         "the store has keys but no master key check; restore it from a backup"};
        }
        return store.set_note(master_key_note, sealer.make_check());
    }
    if (const auto verified = sealer.verify_check(**check); !verified) {
        return refused("the master key in " + config.keys.master_key_file.string() +
                       " is not the one that the private keys in this store were sealed with (" +
                       verified.error().detail + "); put the right one back");
    }
    return {};
}

// R6: the static records may be others than before, or the store an older one from a backup. On a full disk
// serving what is there is worth more.
Serial serial_at_start(Store& store, const StoredZone& zone, Timestamp now) {
    const auto serial = store.move_serial(zone.name, now);
    if (serial) return *serial;
    log_warning("the serial could not be moved; secondaries see changes of static records with the next key",
                {{"zone", zone.name.text()}, {"reason", serial.error().detail}});
    return zone.serial;
}

// What KeyZone says of static records, with the file that they came from.
Error with_file(const Error& error, const ZoneConfig& zone) {
    return {error.code, zone.records.string() + ": " + error.detail};
}

// What files and addresses say, with the section that names them.
Error with_section(const Error& error) { return {error.code, "[activation] " + error.detail}; }

// The store knows names only, not of what kind their zones are.
Result<void> check_kind(const Zones& zones, const Key& key) {
    if (zones.find_key_zone(key.zone)) return {};
    return Error{Errc::conflict, "the store holds keys of the zone " + key.zone.text() +
                                     ", which the configuration has as a static zone; make it a [[zone]] "
                                     "again, or delete those keys while it is one"};
}

// Labels that were issued before a static record of that name was configured.
Result<void> check_reserved(const Zones& zones, const Key& key, const Config& config) {
    for (const Slot& slot : key.slots) {
        if (!zones.is_reserved(key.zone, slot.label)) continue;
        for (const ZoneConfig& zone : config.zones) {
            if (zone.name != key.zone) continue;
            return invalid(zone.records.string() + ": the name " + slot.label + "." + zone.name.text() +
                           " belongs to the key of " + key.domain.text() + "; choose another one");
        }
    }
    return {};
}

Result<void> load_keys(Store& store, Zones& zones, Rotator& rotator, const Config& config) {
    const auto total = store.count_keys();
    if (!total) return total.error();
    constexpr std::uint64_t step = 100000;
    std::uint64_t loaded = 0;
    Result<void> outcome;
    const auto read = store.for_each_key([&](const Key& key) {
        if (outcome) outcome = check_kind(zones, key);
        if (outcome) outcome = check_reserved(zones, key, config);
        if (!outcome) return;
        zones.find_key_zone(key.zone)->load(key);
        rotator.note(key);
        if (++loaded % step == 0) log_info("loading keys", {{"loaded", loaded}, {"total", *total}});
    });
    if (!read) return read.error();
    if (outcome) log_info("keys loaded", {{"keys", loaded}});
    return outcome;
}

// Opens what `reveal` publishes.
Result<Bytes> open_private_key(Store& store, const Sealer& sealer, const Key& key, const Pair& pair) {
    const auto sealed = store.private_key(key.id, pair.number);
    if (!sealed) return sealed.error();
    if (!*sealed) return Error{Errc::not_found, "the private key is not in the store any more"};
    const auto opened = sealer.open(**sealed, pair.public_key);
    if (!opened) return opened.error();
    return Bytes(opened->span().begin(), opened->span().end());
}

NameserverWatch::Servers servers_of(const Config& config) {
    NameserverWatch::Servers servers;
    for (const ZoneConfig& zone : config.zones) servers[zone.name] = zone.visible_at;
    return servers;
}

Result<backend::ConnectorSettings> connector_settings(const BackendConfig& config,
                                                      backend::InheritedSockets inherited) {
    backend::ConnectorSettings settings;
    settings.unix_socket = {config.unix_socket, config.owner, config.group, config.mode};
    settings.inherited = std::move(inherited);
    if (!config.http) return settings;
    settings.http.emplace();
    settings.http->address = config.http->address;
    settings.http->port = config.http->port;
    if (config.http_token_file.empty()) return settings;
    auto token = read_token_file(config.http_token_file);
    if (!token) return token.error();
    settings.http->token = std::move(*token);
    return settings;
}

}  // namespace

Service::Service(std::unique_ptr<Sealer> sealer, std::unique_ptr<DaemonStore> store)
    : sealer_(std::move(sealer)), store_(std::move(store)) {}

Result<std::unique_ptr<Service>> Service::start(const Config& config, const World& world,
                                                backend::InheritedSockets inherited) {
    auto master_key = read_master_key(config.keys.master_key_file);
    if (!master_key) return master_key.error();
    auto token = read_token_file(config.api.token_file);
    if (!token) return token.error();
    auto store = open_store(config.store.url);
    if (!store) return store.error();
    std::unique_ptr<Service> service(
        new Service(std::make_unique<Sealer>(std::move(*master_key), world.random), std::move(*store)));
    if (const auto checked = check_master_key(*service->store_, *service->sealer_, config); !checked) {
        return checked.error();
    }
    if (const auto opened = service->look_at_customers(config.activation, world); !opened) {
        return opened.error();
    }
    service->assemble(config, world);
    service->operations_ =
        std::make_unique<DaemonOperations>(service->zones_, service->counters_, world.clock);
    if (const auto loaded = service->load(config, world); !loaded) return loaded.error();
    service->router_ = std::make_unique<api::Router>(
        api::Router::Parts{*service->registry_, *service->orders_, *service->store_, service->zones_,
                           *service->signer_,
                           [operations = service->operations_.get()] { return operations->reload_zones(); },
                           *service->administration_},
        std::move(*token));

    auto wanted = connector_settings(config.backend, std::move(inherited));
    if (!wanted) return wanted.error();
    auto connectors = backend::start_connectors(
        std::move(*wanted),
        {service->zones_, service->administration_.get(), service->operations_.get(), &service->counters_});
    if (!connectors) return connectors.error();
    service->connectors_ = std::move(*connectors);

    http::ServerSettings listening;
    listening.what = "the API";
    listening.address = config.api.listen.address;
    listening.port = config.api.listen.port;
    auto server = http::Server::start(listening, *service->router_);
    if (!server) return server.error();
    service->http_ = std::move(*server);

    service->rotation_ = std::jthread([raw = service.get(), &clock = world.clock](
                                          const std::stop_token& stop) { raw->rotate_until(stop, clock); });
    return service;
}

void Service::assemble(const Config& config, const World& world) {
    for (const ZoneConfig& zone : config.zones) policies_[zone.name] = zone.rotation;
    const PolicyOf policy = [this](const dns::Name& zone) -> const RotationPolicy& {
        return policies_.at(zone);
    };
    ledger_ = std::make_unique<Ledger>(*store_, zones_, world.clock);
    visibility_ = std::make_unique<NameserverWatch>(
        servers_of(config),
        [client = dns::DirectClient(world.random)](const auto& server, const auto& name, auto type) {
            return client.ask(server, name, type);
        },
        world.clock);
    pool_ = std::make_unique<PairPool>(KeyType::rsa_2048, config.keys.pool, *sealer_, world.generate);
    workshop_ = std::make_unique<PairWorkshop>(std::max(1U, std::thread::hardware_concurrency()), *sealer_,
                                               world.generate, [this] { wake(); });
    rotator_ = std::make_unique<Rotator>(Rotator::Parts{
        *store_, *ledger_, *workshop_, *visibility_, *customer_dns_, world.clock, policy,
        [this](const Key& key, const Pair& pair) { return open_private_key(*store_, *sealer_, key, pair); },
        next_step, config.activation.looks_at_once, [this] { wake(); }});
    ledger_->set_observer([this](const Key& key) {
        rotator_->note(key);
        wake();
    });
    registry_ = std::make_unique<KeyRegistry>(
        RegistrySettings{zone_names(config), policy, [this] { return rotator_->clock_steps(); }}, *store_,
        *ledger_, *pool_, zones_, world.clock, world.random);
    orders_ = std::make_unique<KeyOrders>(*registry_, *ledger_, *customer_dns_, *visibility_,
                                          config.activation.allow_force);
    Duration transit{};
    for (const ZoneConfig& zone : config.zones) transit = std::max(transit, zone.rotation.transit);
    signer_ = std::make_unique<Signer>(*store_, *sealer_, world.clock, transit);
}

Result<void> Service::look_at_customers(const ActivationConfig& config, const World& world) {
    if (config.check == ActivationCheck::unchecked) {
        log_warning(
            "activation.check is \"unchecked\": keys sign although nobody looked at the customer's DNS");
        customer_dns_ = std::make_unique<UncheckedDns>();
        return {};
    }
    const bool is_rehearsal = world.resolver && world.name_servers;
    if (!is_rehearsal) {
        auto view = CustomerView::open(config, world.random);
        if (!view) return with_section(view.error());
        view_ = std::move(*view);
    }
    diagnostician_ = std::make_unique<activation::Diagnostician>(
        activation::Surroundings{is_rehearsal ? *world.resolver : view_->resolver(),
                                 is_rehearsal ? *world.name_servers : view_->name_servers(),
                                 is_rehearsal ? world.roots : view_->roots(), world.clock, world.random,
                                 known_providers()},
        look_settings(config));
    customer_dns_ = std::make_unique<ObservedCustomerDns>(*diagnostician_);
    return {};
}

Service::~Service() {
    http_.reset();  // first: what it was asked to change shall still be served
    connectors_.clear();
    rotation_ = {};
    if (rotator_) rotator_->end_looks();  // they wake us when they are over
}

backend::InheritedSockets Service::hand_over() {
    http_.reset();
    return backend::hand_over(connectors_);
}

Result<void> Service::load(const Config& config, const World& world) {
    const auto stored = store_->open_zones(all_zone_names(config), world.clock.now());
    if (!stored) return stored.error();
    for (std::size_t i = 0; i < config.zones.size(); ++i) {
        auto settings = zone_settings(config.zones[i]);
        if (!settings) return settings.error();
        const Serial serial = serial_at_start(*store_, (*stored)[i], world.clock.now());
        auto zone = KeyZone::make(std::move(*settings), (*stored)[i].id, serial);
        if (!zone) return with_file(zone.error(), config.zones[i]);
        zones_.add(std::move(*zone));
    }
    for (std::size_t i = 0; i < config.static_zones.size(); ++i) {
        const StaticZoneConfig& named = config.static_zones[i];
        auto zone = StaticZone::open(named.name, named.file, (*stored)[config.zones.size() + i].id);
        if (!zone) return zone.error();
        zones_.add(std::move(*zone));
    }
    if (const auto started = rotator_->start(); !started) return started.error();
    if (const auto loaded = load_keys(*store_, zones_, *rotator_, config); !loaded) return loaded.error();
    // Last: to order names by their hashes is quicker for all at once.
    auto administration = Administration::open(*store_, *sealer_, zones_);
    if (!administration) return administration.error();
    administration_ = std::move(*administration);
    return {};
}

void Service::wake() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    settled_ = false;
    changed_.notify_all();
}

std::optional<Timestamp> Service::settle() {
    wake();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return settled_; });
    return next_due_;
}

void Service::rotate_until(const std::stop_token& stop, const Clock& clock) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        woken_ = false;
        lock.unlock();
        const auto next = rotator_->work();
        const Timestamp now = clock.now();
        // The backlog has those that wait for a pair, too. It is counted only where it must be small.
        const bool nothing_due = (!next || *next > now) && rotator_->backlog() == 0;
        lock.lock();
        settled_ = nothing_due && !woken_;
        next_due_ = next;
        if (settled_) changed_.notify_all();
        const std::chrono::seconds wait =
            next ? std::clamp(*next - now, Duration(0), longest_wait) : longest_wait;
        changed_.wait_for(lock, stop, wait, [this] { return woken_; });
    }
}

std::vector<std::string> check_files(const Config& config) {
    std::vector<std::string> problems;
    if (const auto key = read_master_key(config.keys.master_key_file); !key) {
        problems.push_back(key.error().detail);
    }
    if (const auto token = read_token_file(config.api.token_file); !token) {
        problems.push_back(token.error().detail);
    }
    if (!config.backend.http_token_file.empty()) {
        const auto token = read_token_file(config.backend.http_token_file);
        if (!token) problems.push_back(token.error().detail);
    }
    if (config.activation.check == ActivationCheck::customer_dns) {
        SystemRandom random;
        const auto view = CustomerView::open(config.activation, random);
        if (!view) problems.push_back(with_section(view.error()).detail);
    }
    for (const ZoneConfig& zone : config.zones) {
        auto settings = zone_settings(zone);
        if (!settings) {
            problems.push_back(settings.error().detail);
        } else if (const auto made = KeyZone::make(std::move(*settings), 0, 0); !made) {
            problems.push_back(with_file(made.error(), zone).detail);
        }
    }
    for (const StaticZoneConfig& zone : config.static_zones) {
        const auto opened = StaticZone::open(zone.name, zone.file, 0);
        if (!opened) problems.push_back(opened.error().detail);
    }
    return problems;
}

}  // namespace custdkim
