// Sees which records are visible by asking the name servers of their zone, each by its own address (R2).
// A record is visible when every one of them says, with authority, that there is one TXT and that it is ours,
// octet for octet. What else they say, or that they say nothing, is "not visible yet". Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "dns/circuit_breaker.hpp"
#include "dns/direct_client.hpp"
#include "keys/visibility.hpp"

namespace custdkim {

class NameserverWatch final : public Visibility {
  public:
    // Of every key zone, also of those without: there our own index counts, and all is visible at once.
    using Servers = std::map<dns::Name, std::vector<dns::ServerAddress>>;
    // DirectClient::ask, unless a test says otherwise. Called by several threads at a time.
    using Ask =
        std::function<Result<dns::Answer>(const dns::ServerAddress&, const dns::Name&, dns::QuestionType)>;

    // `clock` outlives it. Says in the log which zones have no servers.
    NameserverWatch(Servers servers, Ask ask, const Clock& clock);

    // Each server is asked for the SOA first. One that does not give it is not asked for every TXT as well,
    // and nothing of its zone is visible.
    std::vector<Sighting> look(const std::vector<Wanted>& wanted) override;

  private:
    struct Inquiry {
        const dns::ServerAddress& server;
        dns::Name name;
        dns::QuestionType type;
        Result<dns::Answer> answer = Error{};
    };
    // What the SOAs of a zone said.
    struct ZoneView {
        std::string trouble;          // the first server that did not give it, and why; "" if there is none
        std::vector<Serial> serials;  // of each server, if there is no trouble
    };
    using ZoneViews = std::map<dns::Name, ZoneView>;

    ZoneViews look_at_zones(const std::vector<Wanted>& wanted);
    std::string what_is_missing(const Wanted& wanted, const ZoneView& zone, const Inquiry* inquiries) const;
    void ask_all(std::vector<Inquiry>& inquiries);
    Result<dns::Answer> ask_one(const Inquiry& inquiry, Duration uptime);

    const Servers servers_;
    const Ask ask_;
    const Clock& clock_;
    dns::CircuitBreaker breaker_;
};

}  // namespace custdkim
