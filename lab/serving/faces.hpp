// The two faces of the lab, as handlers for a DnsServer: the test resolver, and the name servers of the fake
// internet. Both write what they were asked into the log. Thread-safe.
#pragma once

#include "base/clock.hpp"
#include "lab/resolver/resolver.hpp"
#include "lab/serving/dns_handler.hpp"
#include "lab/serving/query_log.hpp"

namespace custdkim::lab {

class ResolverFace final : public DnsHandler {
  public:
    ResolverFace(Resolver& resolver, QueryLog& log, const Clock& clock)
        : resolver_(resolver), log_(log), clock_(clock) {}

    std::optional<Reply> at_once(const DnsQuery& query) override;  // from the cache
    Reply answer(const DnsQuery& query) override;

  private:
    Reply finish(const DnsQuery& query, const Message& question, const Message& answer,
                 std::chrono::milliseconds delay);

    Resolver& resolver_;
    QueryLog& log_;
    const Clock& clock_;
};

class AuthorityFace final : public DnsHandler {
  public:
    AuthorityFace(Internet& internet, QueryLog& log, const Clock& clock)
        : internet_(internet), log_(log), clock_(clock) {}

    std::optional<Reply> at_once(const DnsQuery& query) override;
    Reply answer(const DnsQuery& query) override;

  private:
    Internet& internet_;
    QueryLog& log_;
    const Clock& clock_;
};

}  // namespace custdkim::lab
