#include "service/service.hpp"

#include <algorithm>
#include <chrono>

#include "base/log.hpp"
#include "keys/sealing.hpp"
#include "service/key_zones.hpp"
#include "service/token_file.hpp"
#include "store/open_store.hpp"

namespace custdkim {

namespace {

constexpr std::chrono::seconds longest_wait{60};  // a clock that was stepped must not leave us asleep

// The store and the master key belong together: a wrong key must be found out now, not at the first
// signature.
Result<void> check_master_key(Store& store, const Sealer& sealer, const Config& config) {
    const auto check = store.master_key_check();
    if (!check) return check.error();
    if (!*check) {
        const auto count = store.count_keys();
        if (!count) return count.error();
        if (*count > 0) {
            return Error{Errc::corrupt,
                         "the store has keys but no master key check; restore it from a backup"};
        }
        return store.set_master_key_check(sealer.make_check());
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

Result<void> load_keys(Store& store, Zones& zones, const Config& config) {
    const auto total = store.count_keys();
    if (!total) return total.error();
    constexpr std::uint64_t step = 100000;
    std::uint64_t loaded = 0;
    Result<void> outcome;
    const auto read = store.for_each_key([&](const Key& key) {
        if (const auto fine = check_reserved(zones, key, config); !fine) outcome = fine.error();
        if (!outcome) return;
        zones.find(key.zone)->load(key);
        if (++loaded % step == 0) log_info("loading keys", {{"loaded", loaded}, {"total", *total}});
    });
    if (!read) return read.error();
    if (outcome) log_info("keys loaded", {{"keys", loaded}});
    return outcome;
}

}  // namespace

Service::Service(std::unique_ptr<Sealer> sealer, std::unique_ptr<Store> store)
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
    if (const auto loaded = service->load(config, world); !loaded) return loaded.error();

    service->pool_ =
        std::make_unique<PairPool>(KeyType::rsa_2048, config.keys.pool, *service->sealer_, world.generate);
    service->registry_ = std::make_unique<KeyRegistry>(
        RegistrySettings{zone_names(config), config.rotation.retention}, *service->store_, *service->pool_,
        service->zones_, world.clock, world.random);
    service->router_ = std::make_unique<api::Router>(*service->registry_, service->zones_, std::move(*token));

    const BackendConfig& backend = config.backend;
    auto connector =
        backend::UnixConnector::start({backend.unix_socket, backend.owner, backend.group, backend.mode},
                                      service->zones_, std::move(inherited));
    if (!connector) return connector.error();
    service->connector_ = std::move(*connector);

    api::ServerSettings http;
    http.address = config.api.listen.address;
    http.port = config.api.listen.port;
    auto server = api::HttpServer::start(http, *service->router_);
    if (!server) return server.error();
    service->http_ = std::move(*server);

    service->withdrawer_ =
        std::jthread([raw = service.get()](const std::stop_token& stop) { raw->withdraw_until(stop); });
    return service;
}

Service::~Service() {
    http_.reset();  // first: what it was asked to change shall still be served
    connector_.reset();
}

backend::InheritedSockets Service::hand_over() {
    http_.reset();
    return connector_->hand_over();
}

Result<void> Service::load(const Config& config, const World& world) {
    const auto stored = store_->open_zones(zone_names(config), world.clock.now());
    if (!stored) return stored.error();
    for (std::size_t i = 0; i < config.zones.size(); ++i) {
        auto settings = zone_settings(config.zones[i]);
        if (!settings) return settings.error();
        const Serial serial = serial_at_start(*store_, (*stored)[i], world.clock.now());
        auto zone = KeyZone::make(std::move(*settings), (*stored)[i].id, serial);
        if (!zone) return with_file(zone.error(), config.zones[i]);
        zones_.add(std::move(*zone));
    }
    return load_keys(*store_, zones_, config);
}

void Service::withdraw_until(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        const auto next = registry_->withdraw_due();
        if (!next) log_error("records could not be withdrawn", {{"reason", next.error().detail}});
        std::chrono::seconds wait = longest_wait;
        if (next && *next) wait = std::clamp(**next - registry_->clock().now(), Duration(1), longest_wait);
        wake_.wait_for(lock, stop, wait, [] { return false; });
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
    for (const ZoneConfig& zone : config.zones) {
        auto settings = zone_settings(zone);
        if (!settings) {
            problems.push_back(settings.error().detail);
        } else if (const auto made = KeyZone::make(std::move(*settings), 0, 0); !made) {
            problems.push_back(with_file(made.error(), zone).detail);
        }
    }
    return problems;
}

}  // namespace custdkim
