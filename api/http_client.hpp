// Talks to one of our HTTP APIs, as a client. libcurl, confined to http_client.cpp. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "keys/secret.hpp"

namespace custdkim::api {

struct HttpAnswer {
    long status = 0;
    std::string body;
};

struct HttpOrder {
    std::string url;                // of the API: "http://127.0.0.1:8080"
    std::string_view method, path;  // already encoded
    std::string_view body = {}, type = "application/json";
    long answer_seconds = 120;  // making an RSA-4096 key takes a while
};

// `unavailable` where the server could not be reached, with the bare reason; `invalid` where the URL is none.
// What the server answers, refusals too, is an HttpAnswer.
// An empty token is not sent.
Result<HttpAnswer> call_http(const HttpOrder& order, const SecretBytes& token);

// One path segment (RFC 3986 section 2.1).
std::string encode_segment(std::string_view text);

}  // namespace custdkim::api
