// What name servers were asked directly, and what they answered: each question once. Kept for the rules, and
// for the evidence. Not thread-safe.
#pragma once

#include <vector>

#include "activation/delegation.hpp"
#include "dns/name_servers.hpp"

namespace custdkim::activation {

// How a question is asked; the usual way is over UDP with EDNS.
enum class Manner { usual, plain, tcp, signatures };  // without EDNS; over TCP; with DO

dns::Probe probe_of(const Server& server, const dns::Name& name, dns::QuestionType type,
                    Manner manner = Manner::usual);

class Observations {
  public:
    struct Observation {
        dns::Probe probe;
        dns::Name server;
        Result<dns::Answer> answer;
    };

    // To be asked in the next round, unless it was already.
    void want(const Server& server, const dns::Name& name, dns::QuestionType type,
              Manner manner = Manner::usual);
    // Asks all that is wanted, at once.
    void ask(dns::NameServers& name_servers, std::chrono::milliseconds deadline);

    // What was not asked was not told, either: `not_found`.
    const Result<dns::Answer>& at(const Server& server, const dns::Name& name, dns::QuestionType type,
                                  Manner manner = Manner::usual) const;

    const std::vector<Observation>& all() const { return all_; }

  private:
    const Observation* find(const dns::Probe& probe) const;

    std::vector<Observation> all_;
    std::vector<Observation> wanted_;
};

}  // namespace custdkim::activation
