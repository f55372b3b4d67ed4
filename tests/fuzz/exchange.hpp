// One request to a conversation, and what must hold of its reply.
#pragma once

#include <string_view>

#include "backend/protocol.hpp"

namespace custdkim::test {

// The reply is told for those who know more of the request.
backend::Outcome try_exchange(backend::Conversation& conversation, std::string_view request,
                              std::string& reply);

}  // namespace custdkim::test
