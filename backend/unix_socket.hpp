// Making the listening socket, and lines in and out of a connection.
#pragma once

#include <string>
#include <string_view>

#include "backend/reply.hpp"
#include "backend/unix_connector.hpp"

namespace custdkim::backend {

// Bound, owned and listening as the settings say.
Result<Descriptor> listen_on(const UnixSettings& settings);

// Bounds how long a peer that does not read can hold us up.
void prepare(const Descriptor& socket);

bool write_all(int fd, std::string_view text);

// Cuts the bytes of a socket or pipe into lines.
class LineReader {
  public:
    enum class Status { line, interrupted, closed, too_long, stalled };

    explicit LineReader(int fd) : fd_(fd) {}

    // Waits for the next line; it comes without its end, valid until the next call. `interrupted` by a
    // signal, `stalled` when the rest of a line has not come within 10 s.
    Status next(std::string_view& line);

    bool at_boundary() const { return begin_ == end_; }

  private:
    static constexpr std::size_t max_line = 1 << 20;
    static constexpr int patience_milliseconds = 10'000;

    Status receive();

    const int fd_;
    std::string buffer_ = std::string(16384, '\0');
    std::size_t begin_ = 0;  // of what is not yet handed out
    std::size_t end_ = 0;
    std::size_t searched_ = 0;
};

}  // namespace custdkim::backend
