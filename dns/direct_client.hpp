// Asks one server, by its address, and nobody else: over UDP, once more halfway to the deadline if
// nothing came, and over TCP after truncation (RFC 7766 section 5). Every question has a port and an id of
// its own; what comes from elsewhere, or does not answer the question, is not listened to (RFC 5452).
// A server that says nothing of use in time is `unavailable`. Thread-safe; blocks until the answer or the
// deadline.
#pragma once

#include <chrono>

#include "base/random.hpp"
#include "base/result.hpp"
#include "dns/message.hpp"
#include "dns/server_address.hpp"

namespace custdkim::dns {

enum class Recursion { not_desired, desired };

class DirectClient {
  public:
    // `random` outlives it. Recursion is for resolvers; name servers have what they are asked for.
    explicit DirectClient(Random& random, Recursion recursion = Recursion::not_desired)
        : random_(random), recursion_(recursion) {}

    // The deadline is for all of it.
    Result<Answer> ask(const ServerAddress& server, const Name& name, QuestionType type,
                       std::chrono::milliseconds deadline = std::chrono::seconds(2)) const;
    // The same for a question with its own switches. Its id, and whether recursion is desired, are set here.
    Result<Answer> ask(const ServerAddress& server, Question question,
                       std::chrono::milliseconds deadline) const;

  private:
    Random& random_;
    Recursion recursion_;
};

}  // namespace custdkim::dns
