// Talks to one of our HTTP APIs, as a client. libcurl, confined to http_client.cpp. Thread-safe,
// but for HttpSession.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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
    std::string_view accept = "*/*";
    std::string ca_file = {};  // PEM, of those who vouch for the server; "": those whom the system trusts
    std::string_view idempotency_key = {};  // "": none; with one the order may be repeated
};

// `unavailable` where the server could not be reached, with the bare reason; `invalid` where the URL is none.
// What the server answers, refusals too, is an HttpAnswer.
// An empty token is not sent. An order that may be repeated is sent once more, after a second, where the
// connection broke before the answer had come.
Result<HttpAnswer> call_http(const HttpOrder& order, const SecretBytes& token);

// The same, over a connection that is kept open from one order to the next. For one thread at a time.
class HttpSession {
  public:
    HttpSession();
    ~HttpSession();

    Result<HttpAnswer> call(const HttpOrder& order, const SecretBytes& token);

  private:
    struct Kept;
    std::unique_ptr<Kept> kept_;
};

// How an answer is taken that is long, or never ends.
struct HttpStream {
    std::function<bool(std::string_view octets)> take;  // false: enough
    std::function<bool(std::uint64_t taken, std::uint64_t of)> go_on =
        {};                      // about once a second; `of` 0: unknown
    long silence_seconds = 120;  // so long nothing may come
};

// Likewise, but what comes with a status of 2xx goes piece by piece to `stream`, and how long it takes does
// not matter. Where the stream has said that it is enough, the answer is what came until then.
Result<HttpAnswer> stream_http(const HttpOrder& order, const SecretBytes& token, const HttpStream& stream);

// One path segment (RFC 3986 section 2.1).
std::string encode_segment(std::string_view text);

// The path with those that have a value as its query, percent-encoded.
using QueryFields = std::initializer_list<std::pair<const char*, std::optional<std::string>>>;
std::string with_query(std::string_view path, const QueryFields& fields);

}  // namespace custdkim::api
