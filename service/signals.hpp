// The signals that end a program, or tell it something, taken by one thread that waits for them (sigwait(3)).
#pragma once

namespace custdkim {

// SIGTERM, SIGINT and SIGHUP wait for wait_for_signal(); SIGPIPE is ignored. To be called before any thread
// is started, since threads inherit that.
void block_signals();

// Which one came.
int wait_for_signal();

}  // namespace custdkim
