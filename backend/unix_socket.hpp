// Making the listening socket, and lines in and out of a connection.
#pragma once

#include <string>
#include <string_view>

#include "backend/reply.hpp"
#include "backend/unix_connector.hpp"

namespace custdkim::backend {

// Bound, owned and listening as the settings say.
Result<Descriptor> listen_on(const UnixSettings& settings);

// Waits in recv() for at most this long at a time: how soon an idle connection notices that we stop.
inline constexpr int tick_milliseconds = 250;
// Sets the time-outs of a new connection.
void prepare(const Descriptor& socket);

bool write_all(int fd, std::string_view text);

// Cuts a connection's bytes into lines.
class LineReader {
  public:
    enum class Status { line, idle, closed, too_long, stalled };

    explicit LineReader(int fd) : fd_(fd) {}

    // The next line, without its end, valid until the next call. `idle` after a tick without bytes.
    Status next(std::string_view& line);

    bool at_boundary() const { return begin_ == end_; }

  private:
    static constexpr std::size_t max_line = 1 << 20;
    static constexpr int max_stalled_ticks = 40;  // 10 s for the rest of a line

    const int fd_;
    std::string buffer_ = std::string(16384, '\0');
    std::size_t begin_ = 0;  // of what is not yet handed out
    std::size_t end_ = 0;
    std::size_t searched_ = 0;
    int stalled_ticks_ = 0;
};

}  // namespace custdkim::backend
