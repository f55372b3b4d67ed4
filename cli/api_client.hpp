// Talks to the API of a running custdkim.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "api/http_client.hpp"
#include "base/result.hpp"

namespace custdkim::cli {

struct ApiAccess {
    std::string url = "http://127.0.0.1:8080";
    std::filesystem::path token_file = "/etc/custdkim/token";  // "": none is sent
    long answer_seconds = api::HttpOrder().answer_seconds;
    std::string ca_file = {};          // "": those whom the system trusts
    std::string idempotency_key = {};  // HttpOrder::idempotency_key
};

// Where nobody names a file and the usual one is not there, no token is sent: the service may need none.
bool sends_token(const ApiAccess& access);

using ApiAnswer = api::HttpAnswer;
using api::encode_segment;
using api::with_query;

// One request. The Error says that the service could not be reached, or the token not be read; what the
// service answers, refusals too, is an ApiAnswer. `path` is already encoded.
Result<ApiAnswer> call_api(const ApiAccess& access, std::string_view method, std::string_view path,
                           std::string_view body = {}, std::string_view type = "application/json");

// Likewise, for an answer that is long or never ends.
Result<ApiAnswer> stream_api(const ApiAccess& access, std::string_view method, std::string_view path,
                             const api::HttpStream& stream, std::string_view accept = "*/*");

}  // namespace custdkim::cli
