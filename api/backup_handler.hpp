// POST /v1/backup: the store as it is at one moment. Thread-safe.
#pragma once

#include "api/router.hpp"

namespace custdkim::api {

http::Response back_up(const Router::Context& context);

}  // namespace custdkim::api
