// What the routes about webhooks do.
#pragma once

#include "api/router.hpp"

namespace custdkim::api {

http::Response list_webhooks(const Router::Context& context);
http::Response test_webhook(const Router::Context& context);

}  // namespace custdkim::api
