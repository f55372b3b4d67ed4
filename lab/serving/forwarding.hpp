// Takes a question to a real name server as it is, and brings its answer back as it is. Blocks until the
// answer or the deadline. Thread-safe.
#pragma once

#include <chrono>

#include "base/random.hpp"
#include "dns/server_address.hpp"
#include "lab/internet/internet.hpp"

namespace custdkim::lab {

// The id on the way is drawn anew; in what comes back it is the question's again. `unavailable` where
// nothing of use comes in time.
Result<Bytes> forward(const dns::ServerAddress& server, const Message& question, Transport transport,
                      Random& random, std::chrono::milliseconds deadline);

// Over UDP, and over TCP where that was cut. Nothing where nobody answers, or nothing that can be read.
std::optional<Message> ask_upstream(const dns::ServerAddress& server, const Message& question, Random& random,
                                    std::chrono::milliseconds deadline);

}  // namespace custdkim::lab
