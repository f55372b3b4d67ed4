// What the routes about rotation do: when it was and will be, what was found, and by which policy.
#pragma once

#include "api/router.hpp"

namespace custdkim::api {

http::Response show_timeline(const Router::Context& context);
http::Response list_findings(const Router::Context& context);
http::Response list_policies(const Router::Context& context);

}  // namespace custdkim::api
