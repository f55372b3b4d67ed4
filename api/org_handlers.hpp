// What the routes about organisations do.
#pragma once

#include "api/router.hpp"

namespace custdkim::api {

http::Response list_orgs(const Router::Context& context);
http::Response create_org(const Router::Context& context);
http::Response show_org(const Router::Context& context);
http::Response change_org(const Router::Context& context);
http::Response delete_org(const Router::Context& context);

}  // namespace custdkim::api
