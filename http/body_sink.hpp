// What a large body is given to while it comes in, so that nobody has to keep it as a whole. Used by one
// thread at a time, not always the same.
#pragma once

#include <string_view>

#include "http/message.hpp"

namespace custdkim::http {

class BodySink {
  public:
    virtual ~BodySink() = default;

    // The next octets of it. What is wrong with them becomes the response.
    virtual void take(std::string_view octets) = 0;

    // There are no more. Called once; not at all where the client goes away before.
    virtual Response finish() = 0;
};

}  // namespace custdkim::http
