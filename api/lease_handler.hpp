// What the route that gives private keys away does.
#pragma once

#include "api/router.hpp"

namespace custdkim::api {

http::Response lease_key(const Router::Context& context);

}  // namespace custdkim::api
