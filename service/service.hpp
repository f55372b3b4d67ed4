// The daemon, wired together: the one place that knows all parts. Given the system's clock and generator it
// is production, given simulated ones it is a rehearsal.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "activation/diagnostician.hpp"
#include "api/console.hpp"
#include "api/router.hpp"
#include "backend/connectors.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "dns/name_servers.hpp"
#include "dns/resolver.hpp"
#include "http/mounts.hpp"
#include "http/server.hpp"
#include "keys/key_census.hpp"
#include "keys/key_orders.hpp"
#include "keys/measured_looks.hpp"
#include "keys/nameserver_watch.hpp"
#include "keys/pair_pool.hpp"
#include "keys/rotator.hpp"
#include "metrics/scrape_handler.hpp"
#include "sending/leases.hpp"
#include "sending/senders.hpp"
#include "sending/signer.hpp"
#include "service/certificate_files.hpp"
#include "service/config.hpp"
#include "service/customer_view.hpp"
#include "service/operations.hpp"
#include "service/readiness.hpp"
#include "store/measured_store.hpp"
#include "webhooks/couriers.hpp"
#include "zone/administration.hpp"

namespace custdkim {

// The world around the service. All outlive it.
struct World {
    const Clock& clock;
    Random& random;
    PairGenerator generate = generate_key_pair;
    dns::Resolver* resolver = nullptr;         // how customers' DNS is seen, if not as configured: all three
    dns::NameServers* name_servers = nullptr;  // or none
    std::vector<dns::ServerAddress> roots = {};
    const http::RequestHandler* lab = nullptr;  // answers under /lab, beside the API, if there is one
};

class Service {
  public:
    // Opens the store, loads the zones, then answers: whoever reaches the socket or the API finds everything
    // there. The Error is one sentence about what stood in the way; nothing was changed then.
    static Result<std::unique_ptr<Service>> start(const Config& config, const World& world,
                                                  backend::InheritedSockets inherited = {});

    // Finishes what is under way, then stops.
    ~Service();

    // Stops answering PowerDNS, and gives back its connections for the next process.
    backend::InheritedSockets hand_over();

    // Returns once no step of the rotation is due, and tells when the next one will be. Whoever moves the
    // clock calls this after each move, and stops at each of these times, so that all happens in order.
    std::optional<Timestamp> settle();
    std::uint64_t rotation_steps() const { return rotator_->steps_made(); }

    std::uint16_t api_port() const { return http_->port(); }
    std::uint16_t metrics_port() const { return scrapes_->port(); }  // of [metrics] listen
    const Zones& zones() const { return zones_; }
    KeyRegistry& registry() { return *registry_; }
    KeyOrders& orders() { return *orders_; }
    Signer& mail_signer() { return *signer_; }
    DaemonOperations& operations() { return *operations_; }

    // The files of the API's certificate, if it has one; what is wrong with them is in the log.
    void read_certificate_again();

  private:
    Service(std::unique_ptr<Sealer> sealer, std::unique_ptr<DaemonStore> store);
    Result<void> read_label_prefix();
    Result<void> load(const Config& config, const World& world);
    void assemble(const Config& config, const World& world);
    api::Router::Parts parts_of_api(const Clock& clock);
    void note(const Key& key, const Clock& clock);
    Result<void> look_at_customers(const ActivationConfig& config, const World& world);
    void rotate_until(const std::stop_token& stop, const Clock& clock);
    void wake();
    Result<void> listen(const Config& config, const http::RequestHandler* lab);
    void stop_http();

    std::unique_ptr<Sealer> sealer_;
    std::unique_ptr<MeasuredStore> store_;
    std::string label_prefix_;
    Zones zones_;
    backend::Counters counters_;
    std::unique_ptr<DaemonOperations> operations_;
    std::unique_ptr<Administration> administration_;
    std::map<dns::Name, RotationPolicy> policies_;
    std::unique_ptr<Ledger> ledger_;
    std::unique_ptr<Visibility> visibility_;
    std::unique_ptr<CustomerView> view_;
    dns::Resolver* resolver_ = nullptr;  // how the world is seen, of the view or of the rehearsal
    std::unique_ptr<activation::Diagnostician> diagnostician_;
    std::unique_ptr<MeasuredLooks> customer_dns_;
    std::unique_ptr<PairPool> pool_;
    KeyCensus census_;
    std::unique_ptr<Rotator> rotator_;
    std::unique_ptr<KeyRegistry> registry_;
    std::unique_ptr<KeyOrders> orders_;
    SigningIndex signing_index_;
    std::unique_ptr<Signer> signer_;
    std::unique_ptr<Senders> senders_;
    std::unique_ptr<Leases> leases_;
    backend::Connectors connectors_;
    std::unique_ptr<Readiness> readiness_;
    std::unique_ptr<api::EventFeed> feed_;
    std::unique_ptr<Tokens> tokens_;
    std::unique_ptr<api::Router> router_;
    std::unique_ptr<api::Console> console_;
    std::unique_ptr<http::Mounts> site_;
    std::unique_ptr<webhooks::Couriers> couriers_;
    std::unique_ptr<metrics::Sources> sources_;
    std::unique_ptr<metrics::ScrapeHandler> scrape_handler_;
    std::unique_ptr<http::Server> scrapes_;
    std::unique_ptr<CertificateFiles> certificates_;  // none: no TLS
    std::unique_ptr<http::Server> http_;
    EventBell::Listening new_events_;  // wake its streams, and the couriers
    std::mutex mutex_;                 // of the four below
    std::condition_variable_any changed_;
    bool woken_ = false;
    bool settled_ = false;               // nothing is due; never while woken
    std::optional<Timestamp> next_due_;  // while settled
    std::unique_ptr<PairWorkshop> workshop_;
    std::jthread rotation_;  // last: it uses all of the above
};

// What check-config can tell without starting: configured files are there and readable.
std::vector<std::string> check_files(const Config& config);

}  // namespace custdkim
