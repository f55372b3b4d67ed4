#include "api/sign_handler.hpp"

#include <nlohmann/json.hpp>

#include "api/problem.hpp"

namespace custdkim::api {

http::Response sign_mail(const Router::Context& context) {
    const auto made = context.parts.signer.sign(context.request.body, context.caller.org);
    if (!made) return problem(made.error());
    const nlohmann::ordered_json document = {{"header", made->header},
                                             {"domain", made->domain.text()},
                                             {"selector", made->selector},
                                             {"key", made->key_id},
                                             {"pair", made->pair}};
    return {200, "application/json", document.dump(2) + "\n", {}};
}

}  // namespace custdkim::api
