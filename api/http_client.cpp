#include "api/http_client.hpp"

#include <curl/curl.h>

#include <memory>

namespace custdkim::api {

namespace {

constexpr std::size_t max_answer = 64 << 20;
constexpr long connect_seconds = 5;

struct FreeCurl {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeHeaders {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t take(char* data, std::size_t, std::size_t size, void* into) {
    auto& body = *static_cast<std::string*>(into);
    if (body.size() + size > max_answer) return 0;
    body.append(data, size);
    return size;
}

}  // namespace

Result<HttpAnswer> call_http(const HttpOrder& order, const SecretBytes& token) {
    const std::unique_ptr<CURL, FreeCurl> curl(curl_easy_init());
    if (!curl) return Error{Errc::internal, "libcurl could not be started"};
    const std::string type = "Content-Type: " + std::string(order.type);
    std::unique_ptr<curl_slist, FreeHeaders> headers(curl_slist_append(nullptr, type.c_str()));
    if (!token.empty()) {
        std::string authorization = "Authorization: Bearer ";
        authorization.append(reinterpret_cast<const char*>(token.data()), token.size());
        curl_slist_append(headers.get(), authorization.c_str());
    }
    const std::string url = order.url + std::string(order.path);
    const std::string verb(order.method), sent(order.body);
    HttpAnswer answer;
    char why[CURL_ERROR_SIZE] = {};
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PATH_AS_IS, 1L);  // a key called ".." leads nowhere else
    curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");  // the token is for the service, not for a proxy
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, verb.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, connect_seconds);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, order.answer_seconds);
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
    if (!sent.empty()) {
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, sent.data());
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(sent.size()));
    }
    const CURLcode code = curl_easy_perform(curl.get());
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
        return invalid("'" + order.url + "' is not the URL of an API; write it like http://127.0.0.1:8080");
    }
    if (code != CURLE_OK) {
        return Error{Errc::unavailable, why[0] != '\0' ? why : curl_easy_strerror(code)};
    }
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
}

std::string encode_segment(std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            out += c;
        } else {
            out += {'%', hex[byte >> 4], hex[byte & 15]};
        }
    }
    return out;
}

}  // namespace custdkim::api
