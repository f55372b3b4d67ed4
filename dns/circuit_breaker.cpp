#include "dns/circuit_breaker.hpp"

#include "base/log.hpp"

namespace custdkim::dns {

std::optional<std::string> CircuitBreaker::resting(const ServerAddress& server, Duration uptime) const {
    const std::lock_guard lock(mutex_);
    const auto found = troubles_.find(server);
    if (found == troubles_.end() || !found->second.until || uptime >= *found->second.until)
        return std::nullopt;
    return found->second.why;
}

void CircuitBreaker::answered(const ServerAddress& server) {
    const std::lock_guard lock(mutex_);
    const auto found = troubles_.find(server);
    if (found == troubles_.end()) return;
    if (found->second.until) log_info("the name server answers again", {{"server", to_string(server)}});
    troubles_.erase(found);
}

void CircuitBreaker::failed(const ServerAddress& server, const std::string& why, Duration uptime) {
    const std::lock_guard lock(mutex_);
    Trouble& trouble = troubles_[server];
    if (++trouble.failures >= patience_) begin_rest(server, trouble, why, uptime);
}

void CircuitBreaker::rest(const ServerAddress& server, const std::string& why, Duration uptime) {
    const std::lock_guard lock(mutex_);
    begin_rest(server, troubles_[server], why, uptime);
}

void CircuitBreaker::begin_rest(const ServerAddress& server, Trouble& trouble, const std::string& why,
                                Duration uptime) {
    // Told once, not after every rest of a server that is down for days.
    if (!trouble.until) {
        log_warning("a name server does not answer; it is asked again from time to time",
                    {{"server", to_string(server)}, {"why", why}, {"every", format_duration(rest_)}});
    }
    trouble.until = uptime + rest_;
    trouble.why = why;
}

}  // namespace custdkim::dns
