// What the routes do. Each takes the context of one request and answers it.
#pragma once

#include "api/router.hpp"

namespace custdkim::api {

http::Response health(const Router::Context& context);
http::Response show_metrics(const Router::Context& context);
http::Response list_keys(const Router::Context& context);
http::Response create_key(const Router::Context& context);
http::Response show_key(const Router::Context& context);
http::Response delete_key(const Router::Context& context);
http::Response verify_key(const Router::Context& context);
http::Response activate_key(const Router::Context& context);
http::Response deactivate_key(const Router::Context& context);
http::Response rotate_key(const Router::Context& context);
http::Response revoke_key(const Router::Context& context);
http::Response list_events(const Router::Context& context);

}  // namespace custdkim::api
