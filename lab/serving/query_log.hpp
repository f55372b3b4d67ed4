// The questions that the lab was asked, the latest of them: who asked what over what, and what was answered.
// Bounded in number and in octets; the oldest go first. Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "lab/internet/internet.hpp"
#include "lab/wire/message.hpp"

namespace custdkim::lab {

struct LoggedQuery {
    Timestamp at{};
    std::string client;  // with its port
    std::string face;    // "resolver", or the address of the name server that was asked
    WireName name;       // as it was sent; empty where the question could not be read
    std::uint16_t type = 0;
    Transport transport = Transport::udp;
    bool edns = false;
    Reply::Kind kind = Reply::Kind::silence;
    std::uint16_t rcode = 0;  // of an answer
};

class QueryLog {
  public:
    struct Limits {
        std::size_t entries = 100'000;
        std::size_t octets = 64 << 20;
    };
    struct Filter {
        std::optional<WireName> below;  // folded; that name and all below
        std::size_t limit = SIZE_MAX;   // the latest so many
    };

    QueryLog() : QueryLog(Limits()) {}
    explicit QueryLog(Limits limits) : limits_(limits) {}

    void add(LoggedQuery query);
    std::vector<LoggedQuery> list(const Filter& filter) const;  // the oldest first
    std::size_t clear(const std::optional<WireName>& below = std::nullopt);
    std::uint64_t forgotten() const;  // how many went because there was no room

  private:
    const Limits limits_;
    mutable std::mutex mutex_;
    std::deque<LoggedQuery> queries_;
    std::size_t octets_ = 0;
    std::uint64_t forgotten_ = 0;
};

}  // namespace custdkim::lab
