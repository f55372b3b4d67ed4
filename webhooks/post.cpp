#include "webhooks/post.hpp"

#include <curl/curl.h>

#include <memory>

namespace custdkim::webhooks {

namespace {

struct FreeCurl {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeHeaders {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, FreeHeaders>;

constexpr std::size_t most_answer = 65536;

// A receiver may say what it likes, but not for ever.
std::size_t drop(char*, std::size_t, std::size_t size, void* taken) {
    auto& octets = *static_cast<std::size_t*>(taken);
    octets += size;
    return octets > most_answer ? 0 : size;
}

int is_stopped(void* token, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::stop_token*>(token)->stop_requested() ? 1 : 0;
}

Headers headers_of(const Message& message) {
    Headers headers(curl_slist_append(nullptr, "Content-Type: application/json"));
    for (const std::string& line :
         {"webhook-id: " + message.id, "webhook-timestamp: " + message.timestamp,
          "webhook-signature: " + message.signature, std::string("User-Agent: custdkim/" CUSTDKIM_VERSION),
          std::string("Expect:")}) {  // no "100-continue": the body is small
        curl_slist_append(headers.get(), line.c_str());
    }
    return headers;
}

}  // namespace

Result<long> post(const Webhook& webhook, const Message& message, const std::stop_token& stop) {
    const std::unique_ptr<CURL, FreeCurl> curl(curl_easy_init());
    if (!curl) return Error{Errc::internal, "libcurl could not be started"};
    const Headers headers = headers_of(message);
    std::size_t taken = 0;
    const auto set = [&](CURLoption option, auto value) { curl_easy_setopt(curl.get(), option, value); };
    set(CURLOPT_URL, webhook.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");  // where http may go is the configuration's to say
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!webhook.ca_file.empty()) set(CURLOPT_CAINFO, webhook.ca_file.c_str());
    set(CURLOPT_PROXY, "");
    set(CURLOPT_HTTPHEADER, headers.get());
    set(CURLOPT_POSTFIELDS, message.body.data());
    set(CURLOPT_POSTFIELDSIZE, static_cast<long>(message.body.size()));
    set(CURLOPT_TIMEOUT, static_cast<long>(webhook.timeout.count()));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_WRITEFUNCTION, drop);
    set(CURLOPT_WRITEDATA, &taken);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, is_stopped);
    set(CURLOPT_XFERINFODATA, const_cast<std::stop_token*>(&stop));
    const CURLcode code = curl_easy_perform(curl.get());
    // Fixed words: libcurl's own message may have the URL in it.
    if (code != CURLE_OK) return Error{Errc::unavailable, curl_easy_strerror(code)};
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    return status;
}

}  // namespace custdkim::webhooks
