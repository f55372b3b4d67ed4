// The faults of one customer's name servers, ready to be matched with questions. Matching counts, for `nth`;
// thread-safe.
#pragma once

#include <atomic>
#include <memory>

#include "lab/catalogue/catalogue.hpp"
#include "lab/internet/internet.hpp"

namespace custdkim::lab {

struct PreparedFault {
    ServerFault rule;
    WireName name, under;              // folded; empty: any
    std::vector<std::uint16_t> types;  // none: any
    std::vector<ResourceRecord> records;
    std::uint16_t rcode = rcode::noerror;
    WireName flatten;  // empty: no flattening
};

class Faults {
  public:
    Faults() = default;
    // `where` stands in messages; relative names in records belong to the origin.
    static Result<Faults> prepare(const std::vector<ServerFault>& rules, const Placeholders& placeholders,
                                  const WireName& origin, const std::string& where);

    // The first that fits, or nullptr. `age`: since the misconfiguration was set.
    const PreparedFault* match(const Message& question, const WireName& folded, unsigned server,
                               Transport transport, Duration age) const;

    bool empty() const { return faults_.empty(); }

  private:
    std::vector<PreparedFault> faults_;
    std::unique_ptr<std::atomic<unsigned>[]> seen_;  // questions that fit, by fault
};

}  // namespace custdkim::lab
