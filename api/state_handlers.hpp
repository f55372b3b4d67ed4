// What the routes about the service itself do.
#pragma once

#include "api/router.hpp"

namespace custdkim::api {

http::Response ready(const Router::Context& context);
http::Response version(const Router::Context& context);

}  // namespace custdkim::api
