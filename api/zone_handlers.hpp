// What the routes about zones do.
#pragma once

#include "api/router.hpp"

namespace custdkim::api {

http::Response list_zones(const Router::Context& context);
http::Response show_zone(const Router::Context& context);
http::Response list_records(const Router::Context& context);
http::Response reload_zones(const Router::Context& context);

}  // namespace custdkim::api
