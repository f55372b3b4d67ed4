#include "api/sign_handler.hpp"

#include <nlohmann/json.hpp>

#include "api/problem.hpp"

namespace custdkim::api {

namespace {

using nlohmann::ordered_json;

ordered_json to_json(const MadeSignature& signature) {
    return {{"header", signature.header},     {"domain", signature.domain.text()},
            {"selector", signature.selector}, {"key", signature.key_id},
            {"pair", signature.pair},         {"algorithm", algorithm_of(signature)}};
}

}  // namespace

// The first signature is told twice: that is what the answer was when a message had one only.
http::Response sign_mail(const Router::Context& context) {
    const auto made = context.parts.signer.sign(context.request.body, context.caller.org);
    if (!made) return problem(made.error());
    ordered_json document = to_json(made->signatures.front());
    document.erase("algorithm");
    document["header"] = made->header();
    ordered_json& signatures = document["signatures"] = ordered_json::array();
    for (const MadeSignature& signature : made->signatures) signatures.push_back(to_json(signature));
    return {200, "application/json", document.dump(2) + "\n", {}};
}

}  // namespace custdkim::api
