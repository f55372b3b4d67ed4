#include "api/http_client.hpp"

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <thread>

namespace custdkim::api {

namespace {

constexpr std::size_t max_answer = 64 << 20;
constexpr long connect_seconds = 5;
constexpr long kept_seconds = 20;  // idle; less than our server waits for the next request

struct FreeCurl {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Curl = std::unique_ptr<CURL, FreeCurl>;
struct FreeHeaders {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t take(char* data, std::size_t, std::size_t size, void* into) {
    auto& body = *static_cast<std::string*>(into);
    if (body.size() + size > max_answer) return 0;
    body.append(data, size);
    return size;
}

// After it had been made: whether the order was carried out, nobody can tell.
bool has_broken(CURLcode code) {
    return code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
           code == CURLE_PARTIAL_FILE;
}

// One request, as it is before somebody says where its answer goes.
class Request {
  public:
    Request(const HttpOrder& order, const SecretBytes& token, CURL* curl)
        : order_(order), url_(order.url + std::string(order.path)), verb_(order.method), curl_(curl) {
        add_header("Content-Type: " + std::string(order.type));
        add_header("Accept: " + std::string(order.accept));
        if (!order.idempotency_key.empty()) {
            add_header("Idempotency-Key: \"" + std::string(order.idempotency_key) + '"');
        }
        if (token.empty()) return;
        std::string authorization = "Authorization: Bearer ";
        authorization.append(reinterpret_cast<const char*>(token.data()), token.size());
        add_header(authorization);
    }

    Result<HttpAnswer> perform(std::string& body) {
        if (!curl_) return Error{Errc::internal, "libcurl could not be started"};
        set_up();
        CURLcode code = curl_easy_perform(curl_);
        if (has_broken(code) && !order_.idempotency_key.empty()) {
            std::this_thread::sleep_for(std::chrono::seconds(1));  // the service may be starting again
            body.clear();
            code = curl_easy_perform(curl_);
        }
        if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
            return invalid("'" + order_.url +
                           "' is not the URL of an API; write it like http://127.0.0.1:8080");
        }
        HttpAnswer answer;
        curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &answer.status);
        if (code != CURLE_OK && !is_enough) {
            return Error{Errc::unavailable, why_[0] != '\0' ? why_ : curl_easy_strerror(code)};
        }
        answer.body = body;
        return answer;
    }

    bool is_enough = false;  // what came is all that is wanted

  private:
    void add_header(const std::string& header) {
        curl_slist* const longer = curl_slist_append(headers_.get(), header.c_str());
        static_cast<void>(headers_.release());
        headers_.reset(longer);
    }

    void set_up() {
        CURL* const curl = curl_;
        curl_easy_setopt(curl, CURLOPT_URL, url_.c_str());
        curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);  // a key called ".." leads nowhere else
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
        if (!order_.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, order_.ca_file.c_str());
        curl_easy_setopt(curl, CURLOPT_PROXY, "");  // the token is for the service, not for a proxy
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, verb_.c_str());
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers_.get());
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, connect_seconds);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why_);
        if (order_.body.empty()) return;
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, order_.body.data());
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(order_.body.size()));
    }

    const HttpOrder& order_;
    const std::string url_, verb_;
    std::unique_ptr<curl_slist, FreeHeaders> headers_;
    CURL* const curl_;
    char why_[CURL_ERROR_SIZE] = {};
};

// Of a stream: where the pieces go. What is no success is collected, as a refusal.
struct Taking {
    Request& request;
    CURL* curl;
    const HttpStream& stream;
    std::string refusal = {};
};

std::size_t take_piece(char* data, std::size_t, std::size_t size, void* into) {
    auto& taking = *static_cast<Taking*>(into);
    long status = 0;
    curl_easy_getinfo(taking.curl, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200 || status >= 300) return take(data, 1, size, &taking.refusal);
    if (taking.stream.take({data, size})) return size;
    taking.request.is_enough = true;
    return 0;
}

int look_up(void* into, curl_off_t of, curl_off_t taken, curl_off_t, curl_off_t) {
    auto& taking = *static_cast<Taking*>(into);
    if (!taking.stream.go_on) return 0;
    if (taking.stream.go_on(static_cast<std::uint64_t>(taken), static_cast<std::uint64_t>(of))) return 0;
    taking.request.is_enough = true;
    return 1;
}

// Asks with a handle, whose connections outlive the request.
Result<HttpAnswer> call_with(CURL* curl, const HttpOrder& order, const SecretBytes& token) {
    Request request(order, token, curl);
    std::string body;
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, order.answer_seconds);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    return request.perform(body);
}

}  // namespace

Result<HttpAnswer> call_http(const HttpOrder& order, const SecretBytes& token) {
    const Curl curl(curl_easy_init());
    return call_with(curl.get(), order, token);
}

struct HttpSession::Kept {
    Curl curl{curl_easy_init()};
};

HttpSession::HttpSession() : kept_(std::make_unique<Kept>()) {}
HttpSession::~HttpSession() = default;

Result<HttpAnswer> HttpSession::call(const HttpOrder& order, const SecretBytes& token) {
    CURL* const curl = kept_->curl.get();
    if (curl) curl_easy_reset(curl);  // which keeps connections
    curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, kept_seconds);
    return call_with(curl, order, token);
}

Result<HttpAnswer> stream_http(const HttpOrder& order, const SecretBytes& token, const HttpStream& stream) {
    const Curl handle(curl_easy_init());
    CURL* const curl = handle.get();
    Request request(order, token, curl);
    Taking taking{request, curl, stream};
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, stream.silence_seconds);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_piece);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &taking);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_up);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &taking);
    return request.perform(taking.refusal);
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

std::string with_query(std::string_view path, const QueryFields& fields) {
    std::string url(path);
    for (const auto& [name, value] : fields) {
        if (!value) continue;
        url.append(url.size() == path.size() ? "?" : "&").append(name).append("=");
        url += encode_segment(*value);
    }
    return url;
}

}  // namespace custdkim::api
