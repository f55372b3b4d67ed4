// `custdkim-lab up`: a whole service, and the world that it looks at, in one process. The composition root of
// the lab, as service/service.hpp is that of the service.
#pragma once

#include <memory>

#include "http/server.hpp"
#include "lab/serving/control.hpp"
#include "lab/serving/dns_server.hpp"
#include "lab/serving/faces.hpp"
#include "lab/serving/resolver_config.hpp"
#include "lab/up/index_key_zones.hpp"
#include "lab/up/mounted_control.hpp"
#include "lab/up/service_clock.hpp"
#include "lab/up/service_keys.hpp"
#include "lab/up/state_directory.hpp"
#include "lab/up/world_resolver.hpp"
#include "lab/up/world_servers.hpp"

namespace custdkim::lab {

struct LabSettings {
    std::string listen = "127.0.0.1";
    bool allow_any_address =
        false;  // `listen` may be any address: others will take our answers for the truth
    std::uint16_t dns_port = 5300;
    std::uint16_t api_port = 8053, lab_port = 8054;  // 0, as above: any that is free
    ClockKind clock = ClockKind::frozen;
    unsigned rate = 86400;     // of an accelerated clock: seconds in each
    bool keeps_store = false;  // in a file, for the next time
};

class Lab {
  public:
    // Everything answers from here on, and the state directory says where. `system` is where a clock that
    // does not follow it begins; all outlive the lab.
    static Result<std::unique_ptr<Lab>> start(const LabSettings& settings, const StateDirectory& state,
                                              const Clock& system, Random& random);
    ~Lab();

    const Endpoints& endpoints() const { return endpoints_; }
    Timestamp now() const { return clock_->now(); }

  private:
    Lab(const LabSettings& settings, const StateDirectory& state, const Clock& system, Random& random);
    Result<void> start_service(const LabSettings& settings, Random& random);
    Result<void> start_world(const LabSettings& settings);
    Result<void> tell(const LabSettings& settings);

    const StateDirectory state_;
    SimulatedClock simulated_clock_;
    const Clock* const clock_;  // the system's, or that above
    IndexKeyZones key_zones_;
    Internet internet_;
    WorldResolver service_resolver_;
    WorldServers service_servers_;
    MountedControl mounted_control_;
    std::unique_ptr<Service> service_;
    std::unique_ptr<LabClock> lab_clock_;
    Resolver resolver_;
    std::unique_ptr<ServiceKeys> keys_;
    std::unique_ptr<CustomerOrders> customers_;
    QueryLog log_;
    ResolverFace face_;
    std::unique_ptr<Control> control_;
    std::unique_ptr<http::Server> control_server_;
    std::unique_ptr<DnsServer> dns_server_;
    Endpoints endpoints_;
};

}  // namespace custdkim::lab
