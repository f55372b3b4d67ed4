// The audit log: who did what to which key, when and why; and to tokens and organisations, without a key. An
// event is committed with the change that it tells of, so that neither is there without the other (R10).
// Plain values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace custdkim {

struct Event {
    std::uint64_t number = 0;  // given by the store, counting up
    Timestamp at{};
    std::string actor;   // "rotator", or Caller::name: "operator", "token:ci"
    std::string action;  // a stable lower-case word with dashes: "sign", "publish", "revoke", ...
    std::string key_id;
    std::string domain;
    std::string detail;    // the why, in a sentence
    std::string org = {};  // of a key's event given by the store, too

    bool operator==(const Event&) const = default;
};

// Every word that Event::action may be.
std::span<const std::string_view> event_actions();

struct EventFilter {
    std::string key_id;       // "": of all keys
    std::uint64_t after = 0;  // Event::number of the last one seen
    std::size_t limit = 100;

    bool operator==(const EventFilter&) const = default;
};

}  // namespace custdkim
