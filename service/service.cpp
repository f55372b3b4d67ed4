#include "service/service.hpp"

#include <algorithm>
#include <chrono>

#include "activation/observed_customer_dns.hpp"
#include "base/log.hpp"
#include "keys/label_prefix.hpp"
#include "keys/sealing.hpp"
#include "keys/unseal.hpp"
#include "metrics/exposition.hpp"
#include "service/customer_look.hpp"
#include "service/key_zones.hpp"
#include "service/master_key_check.hpp"
#include "service/provider_files.hpp"
#include "service/token_file.hpp"
#include "service/webhook_files.hpp"
#include "store/open_store.hpp"
#include "webhooks/post.hpp"

namespace custdkim {

namespace {

constexpr std::chrono::seconds longest_wait{60};  // a clock that was stepped must not leave us asleep

// A store that was never used is told which master key is its own.
Result<void> match_master_key(Store& store, const Sealer& sealer, const Config& config) {
    const auto check = store.note(master_key_note);
    if (!check) return check.error();
    if (*check) return check_master_key(**check, sealer, config);
    const auto count = store.count_keys();
    if (!count) return count.error();
    if (const auto empty = check_master_key(std::nullopt, *count, sealer, config); !empty) return empty;
    return store.set_note(master_key_note, sealer.make_check());
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

Result<void> load_keys(Store& store, Zones& zones, const std::function<void(const Key&)>& note,
                       const Config& config) {
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
        note(key);
        if (++loaded % step == 0) log_info("loading keys", {{"loaded", loaded}, {"total", *total}});
    });
    if (!read) return read.error();
    if (outcome) log_info("keys loaded", {{"keys", loaded}});
    return outcome;
}

// Empty where the API needs none.
Result<SecretBytes> read_operators_token(const ApiConfig& config) {
    return config.token_file.empty() ? Result<SecretBytes>(SecretBytes())
                                     : read_token_file(config.token_file);
}

// Opens what `reveal` publishes.
Result<Bytes> open_private_key(Store& store, const Sealer& sealer, const Key& key, const Pair& pair) {
    const auto opened = unseal_private_key(store, sealer, key.id, pair);
    if (!opened) return opened.error();
    if (!*opened) return Error{Errc::not_found, "the private key is not in the store any more"};
    return Bytes((*opened)->span().begin(), (*opened)->span().end());
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
    : sealer_(std::move(sealer)), store_(std::make_unique<MeasuredStore>(std::move(store))) {}

Result<std::unique_ptr<Service>> Service::start(const Config& config, const World& world,
                                                backend::InheritedSockets inherited) {
    auto master_key = read_master_key(config.keys.master_key_file);
    if (!master_key) return master_key.error();
    auto token = read_operators_token(config.api);
    if (!token) return token.error();
    auto webhooks = read_webhooks(config.webhooks);
    if (!webhooks) return webhooks.error();
    auto store = open_store(config.store.url);
    if (!store) return store.error();
    std::unique_ptr<Service> service(
        new Service(std::make_unique<Sealer>(std::move(*master_key), world.random), std::move(*store)));
    if (const auto checked = match_master_key(*service->store_, *service->sealer_, config); !checked) {
        return checked.error();
    }
    if (const auto read = service->read_label_prefix(); !read) return read.error();
    if (const auto opened = service->look_at_customers(config.activation, world); !opened) {
        return opened.error();
    }
    service->assemble(config, world);
    service->operations_ =
        std::make_unique<DaemonOperations>(service->zones_, service->counters_, world.clock);
    if (const auto loaded = service->load(config, world); !loaded) return loaded.error();
    if (token->empty()) {
        log_warning("[api] token_file is \"\": every user of this machine can do everything over the API");
    }
    auto tokens = Tokens::open(*service->store_, *token, world.clock, world.random);
    if (!tokens) return tokens.error();
    service->tokens_ = std::move(*tokens);
    auto couriers = webhooks::Couriers::start(std::move(*webhooks),
                                              {*service->store_, world.clock, world.random, webhooks::post});
    if (!couriers) return couriers.error();
    service->couriers_ = std::move(*couriers);
    service->router_ = std::make_unique<api::Router>(service->parts_of_api(world.clock));
    service->sources_ = std::make_unique<metrics::Sources>(
        metrics::Sources{world.clock, service->counters_, service->router_->figures(), service->census_,
                         *service->rotator_, *service->customer_dns_, *service->pool_, config.keys.pool,
                         *service->store_, service->zones_, *service->couriers_});

    auto wanted = connector_settings(config.backend, std::move(inherited));
    if (!wanted) return wanted.error();
    auto connectors = backend::start_connectors(
        std::move(*wanted),
        {service->zones_, service->administration_.get(), service->operations_.get(), &service->counters_});
    if (!connectors) return connectors.error();
    service->connectors_ = std::move(*connectors);

    if (const auto listening = service->listen(config, world.lab); !listening) return listening.error();
    service->rotation_ = std::jthread([raw = service.get(), &clock = world.clock](
                                          const std::stop_token& stop) { raw->rotate_until(stop, clock); });
    return service;
}

api::Router::Parts Service::parts_of_api(const Clock& clock) {
    return {*registry_,
            *orders_,
            *store_,
            zones_,
            *signer_,
            *senders_,
            *leases_,
            census_,
            [this] { return operations_->reload_zones(); },
            *administration_,
            *feed_,
            ledger_->bell(),
            resolver_,
            [this] { return readiness_->look(); },
            CUSTDKIM_VERSION,
            *tokens_,
            *store_,
            [this] { return metrics::exposition(*sources_); },
            couriers_.get(),
            [this, &clock] { return store_->copy(clock.now()); }};
}

// The API, the console that is its client, and what the lab puts beside them.
Result<void> Service::listen(const Config& config, const http::RequestHandler* lab) {
    console_ = std::make_unique<api::Console>(
        api::Console::Surroundings{lab != nullptr, !config.api.token_file.empty()});
    std::vector<http::Mount> mounts{{"/", console_.get()}, {"/console", console_.get()}};
    if (lab) mounts.push_back({"/lab", lab});
    site_ = std::make_unique<http::Mounts>(std::move(mounts), *router_);
    http::ServerSettings listening;
    listening.what = "the API";
    listening.address = config.api.listen.address;
    listening.port = config.api.listen.port;
    if (!config.api.tls_key.empty()) {
        auto files = CertificateFiles::open(config.api.tls_certificate, config.api.tls_key);
        if (!files) return files.error();
        certificates_ = std::move(*files);
        listening.certificates = certificates_.get();
    }
    // All of this machine share one address, and may be many.
    if (!dns::is_loopback(config.api.listen.address))
        listening.max_per_client = listening.max_connections / 4;
    auto server = http::Server::start(listening, *site_);
    if (!server) return server.error();
    http_ = std::move(*server);
    new_events_ = ledger_->bell().listen([this] {
        http_->wake_streams();
        couriers_->wake();
    });
    if (!config.metrics.listen) return {};

    scrape_handler_ = std::make_unique<metrics::ScrapeHandler>(*sources_);
    http::ServerSettings scraped;
    scraped.what = "[metrics]";
    scraped.address = config.metrics.listen->address;
    scraped.port = config.metrics.listen->port;
    scraped.max_connections = 16;
    scraped.workers = 1;
    auto scrapes = http::Server::start(scraped, *scrape_handler_);
    if (!scrapes) return scrapes.error();
    scrapes_ = std::move(*scrapes);
    return {};
}

// Who must know of every key, new or changed.
void Service::note(const Key& key, const Clock& clock) {
    rotator_->note(key);
    signing_index_.note(key);
    signer_->forget(key.id);
    census_.note(key, policies_.at(key.zone), rotator_->clock_steps(), clock.now());
}

Result<void> Service::read_label_prefix() {
    const auto note = store_->note(restores_note);
    if (!note) return note.error();
    const auto restores = restores_in(*note);
    if (!restores) return restores.error();
    label_prefix_ = label_prefix(*restores);
    return {};
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
    ledger_->set_observer([this, &clock = world.clock](const Key& key) {
        note(key, clock);
        wake();
    });
    registry_ = std::make_unique<KeyRegistry>(
        RegistrySettings{zone_names(config), policy, [this] { return rotator_->clock_steps(); },
                         label_prefix_},
        *store_, *ledger_, *pool_, zones_, world.clock, world.random);
    orders_ = std::make_unique<KeyOrders>(*registry_, *ledger_, *customer_dns_, *visibility_,
                                          config.activation.allow_force);
    Duration transit{};
    for (const ZoneConfig& zone : config.zones) transit = std::max(transit, zone.rotation.transit);
    feed_ = std::make_unique<api::EventFeed>(*store_);
    readiness_ = std::make_unique<Readiness>(
        Readiness::Parts{*store_, *rotator_, *pool_, config.keys.pool, connectors_, world.clock});
    signer_ =
        std::make_unique<Signer>(Signer::Parts{*store_, *sealer_, signing_index_, world.clock, world.random},
                                 SignerSettings{transit, config.sending.signature_lifetime, {}});
    senders_ = std::make_unique<Senders>(Senders::Stores{*store_, *store_, *store_}, signing_index_,
                                         world.clock, world.random);
    leases_ = std::make_unique<Leases>(config.sending.lease,
                                       Leases::Parts{*store_, *ledger_, *sealer_, world.clock, policy,
                                                     [this] { return rotator_->clock_steps(); }});
}

Result<void> Service::look_at_customers(const ActivationConfig& config, const World& world) {
    if (config.check == ActivationCheck::unchecked) {
        log_warning(
            "activation.check is \"unchecked\": keys sign although nobody looked at the customer's DNS");
        customer_dns_ = std::make_unique<MeasuredLooks>(std::make_unique<UncheckedDns>());
        return {};
    }
    const bool is_rehearsal = world.resolver && world.name_servers;
    if (!is_rehearsal) {
        auto view = CustomerView::open(config, world.random);
        if (!view) return with_section(view.error());
        view_ = std::move(*view);
    }
    resolver_ = is_rehearsal ? world.resolver : &view_->resolver();
    diagnostician_ = std::make_unique<activation::Diagnostician>(
        activation::Surroundings{*resolver_, is_rehearsal ? *world.name_servers : view_->name_servers(),
                                 is_rehearsal ? world.roots : view_->roots(), world.clock, world.random,
                                 known_providers()},
        look_settings(config));
    customer_dns_ = std::make_unique<MeasuredLooks>(std::make_unique<ObservedCustomerDns>(*diagnostician_));
    return {};
}

Service::~Service() {
    stop_http();  // before all else: what it was asked to change shall still be served
    connectors_.clear();
    rotation_ = {};
    if (rotator_) rotator_->end_looks();  // they wake us when they are over
    couriers_.reset();
}

backend::InheritedSockets Service::hand_over() {
    stop_http();
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
    if (const auto loaded = load_keys(
            *store_, zones_, [&](const Key& key) { note(key, world.clock); }, config);
        !loaded)
        return loaded.error();
    // Last: to order names by their hashes is quicker for all at once.
    auto administration = Administration::open(*store_, *sealer_, zones_);
    if (!administration) return administration.error();
    administration_ = std::move(*administration);
    return {};
}

void Service::read_certificate_again() {
    if (certificates_) certificates_->read_again();
}

void Service::stop_http() {
    new_events_ = {};
    scrapes_.reset();
    http_.reset();
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
        readiness_->note_round();
        signer_->forget_old();
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
    if (const auto token = read_operators_token(config.api); !token) {
        problems.push_back(token.error().detail);
    }
    if (!config.backend.http_token_file.empty()) {
        const auto token = read_token_file(config.backend.http_token_file);
        if (!token) problems.push_back(token.error().detail);
    }
    if (const auto webhooks = read_webhooks(config.webhooks); !webhooks) {
        problems.push_back(webhooks.error().detail);
    }
    if (!config.api.tls_key.empty()) {
        const auto pair = CertificateFiles::open(config.api.tls_certificate, config.api.tls_key);
        if (!pair) problems.push_back(pair.error().detail);
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
