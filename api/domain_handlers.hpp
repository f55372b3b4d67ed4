// What the route about verified sending domains does.
#pragma once

#include "api/router.hpp"

namespace custdkim::api {

http::Response list_domains(const Router::Context& context);

}  // namespace custdkim::api
