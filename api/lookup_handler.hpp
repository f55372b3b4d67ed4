// GET /v1/lookups: one question, answered as the service sees the world's DNS. Nothing is kept of it.
#pragma once

#include "api/router.hpp"

namespace custdkim::api {

http::Response look_up(const Router::Context& context);

}  // namespace custdkim::api
