// What the handlers of routes about keys share: on whose behalf a key is touched, and how it is answered.
#pragma once

#include "api/key_json.hpp"
#include "api/router.hpp"
#include "keys/mandate.hpp"

namespace custdkim::api {

// What the states of this key follow from, now.
Moment moment_of(const Router::Context& context, const Key& key);

nlohmann::ordered_json shown(const Router::Context& context, const Key& key);

// The caller's, on the condition that If-Match gives; `invalid` where that header is malformed.
Result<Mandate> mandate_of(const Router::Context& context);

// The caller's, on no condition: to look at a key.
Mandate reader_of(const Router::Context& context);

// The key, with its ETag.
http::Response key_answer(const Router::Context& context, const Key& key, unsigned status = 200);
http::Response key_answer(const Router::Context& context, const Result<Key>& key);

}  // namespace custdkim::api
