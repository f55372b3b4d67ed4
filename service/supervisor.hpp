// Talking to the supervisor that started us, in systemd's protocol: readiness (sd_notify(3)), sockets handed
// in (sd_listen_fds(3)) and connections kept open across a restart (its file descriptor store). Does nothing
// where there is no supervisor.
#pragma once

#include <string_view>

#include "backend/connector.hpp"

namespace custdkim {

// Whether standard error is a stream to systemd's journal: JOURNAL_STREAM in systemd.exec(5) says which one
// is.
bool logs_to_journal();

void notify_ready(std::string_view status);
void notify_reloading();  // until notify_ready()
void notify_stopping();

// The sockets handed in at start: a listening one, and the connections that store_connections() gave away.
// To be called once.
backend::InheritedSockets take_inherited_sockets();

// Gives open connections to the supervisor's keeping. If it keeps none, they are closed as without it.
void store_connections(const backend::InheritedSockets& sockets);

}  // namespace custdkim
