// A body without an end, in pieces: what stays open to tell of things as they happen. It is asked for a piece
// only once the one before is on its way, so that a slow reader costs one piece of memory and no more.
#pragma once

#include <optional>
#include <string>

namespace custdkim::http {

struct Piece {
    std::string octets;  // may be empty
    bool more = false;   // there is another one already
};

class Stream {
  public:
    virtual ~Stream() = default;

    // What is to be sent now; nothing ends the stream. Without `more` it is asked again after
    // Server::wake_streams(). Called from one thread at a time; must not throw.
    virtual std::optional<Piece> next() = 0;

    // Sent where there was nothing else for a while, so that a reader who is gone is noticed.
    virtual std::string heartbeat() const = 0;
};

}  // namespace custdkim::http
