// What an operator may ask of the running daemon: by a signal, over the API, or through PowerDNS
// (`pdnsutil backend-cmd remote status`). Thread-safe; one reload at a time.
#pragma once

#include <mutex>

#include "backend/counters.hpp"
#include "backend/operations.hpp"
#include "base/clock.hpp"
#include "zone/zones.hpp"

namespace custdkim {

class DaemonOperations final : public backend::Operations {
  public:
    // All three outlive it.
    DaemonOperations(Zones& zones, const backend::Counters& counters, const Clock& clock);

    std::string status() const override;
    Result<std::string> reload() override;

    // The same as reload(), for those who show it in their own way.
    Zones::Reload reload_zones();

  private:
    Zones& zones_;
    const backend::Counters& counters_;
    const Clock& clock_;
    const ClockReading started_;
    std::mutex reloading_;
};

}  // namespace custdkim
