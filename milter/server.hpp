// The milter: what mail servers ask, over libmilter, about each message. libmilter is confined to server.cpp.
// It takes SIGTERM, SIGINT and SIGHUP, which end it, and can run once in a process.
#pragma once

#include <functional>

#include "base/result.hpp"
#include "milter/conversation.hpp"
#include "milter/listen_address.hpp"
#include "milter/sign_client.hpp"

namespace custdkim::milter {

struct MilterSettings {
    ListenAddress listen;
    SocketRights rights;
    OutgoingRules outgoing;
    SignService service;
};

// Returns when a signal has ended it and the messages that were being signed have their verdict; or with what
// was in the way of a start. `listening` is called when mail servers can connect. The signals must be
// blocked.
Result<void> run_milter(const MilterSettings& settings, SecretBytes token,
                        const std::function<void()>& listening);

}  // namespace custdkim::milter
