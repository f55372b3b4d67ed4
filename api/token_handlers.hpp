// What the routes about bearer tokens do.
#pragma once

#include "api/router.hpp"

namespace custdkim::api {

http::Response list_tokens(const Router::Context& context);
http::Response create_token(const Router::Context& context);
http::Response revoke_token(const Router::Context& context);

}  // namespace custdkim::api
