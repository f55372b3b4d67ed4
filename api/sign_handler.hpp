// POST /v1/sign: a message in, its DKIM-Signature out. The body is the message itself, not JSON.
#pragma once

#include "api/router.hpp"

namespace custdkim::api {

http::Response sign_mail(const Router::Context& context);

}  // namespace custdkim::api
