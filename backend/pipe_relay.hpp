// `custdkim pipe`: PowerDNS's pipe connector starts a program and talks to it in lines over its standard
// streams. This one passes them on to the running service's unix socket, and bears with a restart of it: a
// request whose connection broke is asked again on a new one, if nothing can be done twice by that. One
// request at a time, as PowerDNS sends them; no threads. Memory is bounded, however long a reply is.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/descriptor.hpp"
#include "base/result.hpp"

namespace custdkim::backend {

struct PipeSettings {
    std::filesystem::path socket;

    // How long a request may wait for the service, and for its reply to begin. Less than what PowerDNS waits,
    // by default 2000 ms.
    std::chrono::milliseconds patience{1500};
};

class PipeRelay {
  public:
    // Both descriptors outlive the relay. SIGPIPE is ignored by whoever runs it.
    PipeRelay(PipeSettings settings, int in, int out) : settings_(std::move(settings)), in_(in), out_(out) {}

    // Until the requests end. An Error where it cannot go on: nobody takes the replies, or one broke off of
    // which PowerDNS has the beginning.
    Result<void> run();

  private:
    using Deadline = std::chrono::steady_clock::time_point;
    enum class Attempt { answered, not_sent, lost, too_late, broken, not_taken };

    Result<void> answer(std::string_view line);
    Attempt ask(const std::string& request, Deadline deadline);
    Attempt pass_on_reply(Deadline deadline);
    bool connect();
    bool put(std::string_view text) const;
    bool apologize(std::string_view reason) const;

    const PipeSettings settings_;
    const int in_, out_;
    Descriptor service_;
    std::string reply_;
    int why_not_ = 0;  // errno of the last connect()
};

}  // namespace custdkim::backend
