// The test resolver: answers as a validating recursive resolver would, by iterating over the fake internet,
// with a cache on the lab's clock. Follows Unbound where real resolvers differ, without query-name
// minimisation; what it follows elsewhere is said in docs/fidelity.md. Thread-safe.
#pragma once

#include <functional>
#include <memory>

#include "base/clock.hpp"
#include "lab/internet/internet.hpp"
#include "lab/resolver/finding.hpp"

namespace custdkim::lab {

struct ResolverSettings {
    Duration max_ttl{86400}, max_negative_ttl{3600};  // what real ones do by default
    Duration servfail_ttl{5};
    std::size_t max_entries = 200'000;
    std::chrono::milliseconds patience{1500};  // what a server that never answers costs the client
};

class Resolver {
  public:
    struct Parts {
        // Internet::ask; a function, so that tests can bring servers of their own.
        std::function<Reply(std::span<const std::uint8_t> question, const std::string& server, Transport)>
            ask;
        std::vector<std::string> root_servers;
        std::string
            trust_anchor;  // a DS record of the root as a line of a zone file; empty: nothing is validated
        // Names of the lab: all others go to the upstream, or are REFUSED where there is none.
        std::function<bool(const WireName& folded)> is_ours;
        std::function<std::optional<Message>(const Message& question)> upstream;  // may be empty
    };

    Resolver(Parts parts, const Clock& clock, ResolverSettings settings = {});
    ~Resolver();

    // From the cache alone, without waiting for anybody.
    std::optional<Message> from_cache(const Message& question);

    // The whole answer, how long a real one would have kept the client waiting for it, and why it is none
    // where validation failed (the verdict is `unchecked` otherwise).
    struct Outcome {
        Message message;
        std::chrono::milliseconds delay{0};
        Verdict failed = {};
    };
    Outcome resolve(const Message& question);

    void flush();
    void flush(const WireName& at_or_below);
    std::size_t cached() const;

    // What is remembered of the names at or below this one; another resolver can be made to remember it, too,
    // for as long as it holds.
    std::vector<FindingPointer> remembered(const WireName& at_or_below) const;
    void remember(const std::vector<FindingPointer>& findings);

  private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace custdkim::lab
