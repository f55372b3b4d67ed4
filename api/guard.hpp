// What stands before every route of the API: who sends the request, and whether they may. Without a token of
// the operator's the API is open to the machine it runs on, and what browsers can be talked into is kept out:
// names of others that lead here (DNS rebinding), and requests that other sites' pages make. Thread-safe.
#pragma once

#include <optional>

#include "http/message.hpp"
#include "keys/tokens.hpp"

namespace custdkim::api {

// Whose things a route is about. A caller that is bound to an organisation may use only what keeps to it.
enum class Reach { everything, organisation };

// A caller; or why there is none.
struct Admission {
    std::optional<Caller> caller;
    http::Response refusal;
};

class Guard {
  public:
    explicit Guard(Tokens& tokens) : tokens_(tokens) {}

    Admission admit(const http::Request& request, Scope needed, Reach reach) const;

    // Whether the one who sends this head may send so much: a body is read only then.
    bool admits(const http::Request& head, Scope needed) const;

    // For a body that is too large: who has no token is not told how large it may be.
    http::Response refuse_unread(unsigned status, std::string_view reason, const http::Request& head) const;

  private:
    Tokens& tokens_;
};

}  // namespace custdkim::api
