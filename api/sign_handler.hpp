// POST /v1/sign: a message in, its DKIM-Signature out. The body is the message itself, not JSON.
#pragma once

#include <memory>

#include "api/router.hpp"

namespace custdkim::api {

http::Response sign_mail(const Router::Context& context);

// The same for a large message, while it comes in: no more of it is kept than its header.
std::unique_ptr<http::BodySink> open_mail(const Router::Context& context);

}  // namespace custdkim::api
