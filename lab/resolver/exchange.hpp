// One question to one name server, with what resolvers do to get an answer out of it: again without EDNS
// after FORMERR or NOTIMP, as Unbound 1.17 does, and again over TCP after TC (RFC 7766). What is not a
// response to the question counts as useless. Thread-safe where `ask` is.
#pragma once

#include "lab/resolver/resolver.hpp"

namespace custdkim::lab {

// The work that one client's question may cause.
struct Work {
    Timestamp now{};
    unsigned asked = 0;
    unsigned depth = 0;  // of name servers whose own addresses must be found
    std::chrono::milliseconds delay{0};

    static constexpr unsigned most_asked = 200, most_depth = 4;
    bool is_too_much() const { return asked >= most_asked; }
};

struct Heard {
    enum class Kind { message, silence, useless };
    Kind kind = Kind::silence;
    Message message;
};

Heard ask_server(const Resolver::Parts& parts, const std::string& server, const WireName& name,
                 std::uint16_t type, Work& work);

}  // namespace custdkim::lab
