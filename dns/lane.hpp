// A lane: one context of libunbound, with a cache that many customers share, but each only once
// (dns/lane_history.hpp). A context costs 2 ms and begins with nothing; so the root and the top-level domains
// are known in a lane, and every customer's zone is new to it. Lives in the thread of its event base.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "dns/lane_history.hpp"
#include "dns/message.hpp"

struct event_base;
struct ub_ctx;

namespace custdkim::dns {

// How lanes look things up: checked before, in the words of libunbound.
struct LaneSettings {
    std::vector<std::string> forwarders;          // ADDR@PORT; none: iterate
    std::vector<std::string> root_servers;        // ADDR@PORT
    std::vector<std::string> trust_anchors;       // records; none: nothing is validated
    std::vector<std::string> forbidden_networks;  // CIDR
};

class Lane {
  public:
    class Asker {
      public:
        virtual ~Asker() = default;
        // Once for each question that was not cancelled; within ask(), too.
        virtual void answered(Result<Answer> answer) = 0;

      private:
        friend class Lane;
        Question question_;
        bool validates_ = false;
    };

    Lane(event_base* base, const LaneSettings& settings);
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;
    // Not from within answered(). Questions under way are to be cancelled before.
    ~Lane();

    // The number to cancel it by.
    Result<int> ask(const Name& name, QuestionType type, Asker& asker);
    // libunbound goes on for a while, but nobody hears of it.
    void cancel(int number);

    LaneHistory history;
    std::size_t under_way = 0;  // counted by who asks
    std::chrono::steady_clock::time_point opened = std::chrono::steady_clock::now();

  private:
    static void hear(void* asker, int rcode, void* packet, int size, int security, char* why_bogus, int);

    Error failure(const std::string& what) const;

    ub_ctx* context_ = nullptr;
    bool validates_ = false;
    std::string broken_;  // why the context cannot be used; "" if it can
};

}  // namespace custdkim::dns
