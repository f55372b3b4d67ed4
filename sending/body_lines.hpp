// The body of a message as it goes over SMTP (RFC 5321 section 2.3.8), out of octets that come in pieces of
// any size: a line feed alone becomes CRLF, also where a piece ends within a line end, and the last line gets
// one. What could not travel without a change is refused. Holds 64 KiB at most. Not thread-safe.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace custdkim {

class BodyLines {
  public:
    // Is given the lines, many at a time, also parts of them. An error of it is passed on.
    using Sink = std::function<Result<void>(std::string_view lines)>;

    // `lines_before`: of the header and the empty line, for sentences that name a line.
    explicit BodyLines(std::size_t lines_before) : line_(lines_before + 1) {}

    // `invalid`, with what is wrong and in which line. After an error it is over.
    Result<void> take(std::string_view octets, const Sink& sink);
    Result<void> finish(const Sink& sink);

  private:
    Result<void> take_piece(std::string_view piece, bool ends_line, const Sink& sink);
    Result<void> put(std::string_view octets, const Sink& sink);
    Result<void> flush(const Sink& sink);

    std::size_t line_;
    bool within_line_ = false;
    bool after_carriage_return_ = false;
    std::string waiting_;
};

}  // namespace custdkim
