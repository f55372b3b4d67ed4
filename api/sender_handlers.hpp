// What the routes about who may send do.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "api/router.hpp"

namespace custdkim::api {

http::Response check_sender(const Router::Context& context);
http::Response list_senders(const Router::Context& context);
http::Response add_sender(const Router::Context& context);
http::Response confirm_sender(const Router::Context& context);
http::Response remove_sender(const Router::Context& context);

// A sender check as it stands in answers and in refusals.
nlohmann::ordered_json check_json(const SenderCheck& check);

}  // namespace custdkim::api
