// What the routes do. Each takes the context of one request and answers it.
#pragma once

#include "api/router.hpp"

namespace custdkim::api {

Response health(const Router::Context& context);
Response list_keys(const Router::Context& context);
Response create_key(const Router::Context& context);
Response show_key(const Router::Context& context);
Response delete_key(const Router::Context& context);
Response verify_key(const Router::Context& context);
Response activate_key(const Router::Context& context);
Response deactivate_key(const Router::Context& context);
Response rotate_key(const Router::Context& context);
Response revoke_key(const Router::Context& context);
Response list_events(const Router::Context& context);

}  // namespace custdkim::api
