// PowerDNS's side of the HTTP connector: writes a request as its three forms are written on the wire, and
// reads the response. Blocking.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/descriptor.hpp"

namespace custdkim::test {

enum class HttpForm { rest, post, post_json };

// "a.b/c" as "a%2eb%2fc": everything but letters and digits, in lower-case hex.
std::string percent(std::string_view text);

// What is sent for {"method", "parameters"}, but for the headers that every request has.
struct HttpMessage {
    std::string verb, target, headers, body;
};
HttpMessage write_http(HttpForm form, const nlohmann::json& request, const std::string& root = "/dns");

class HttpClient {
  public:
    explicit HttpClient(std::uint16_t port, bool keep_alive = true) : port_(port), keep_alive_(keep_alive) {}

    struct Answer {
        int status = 0;  // 0: the connection was closed instead
        std::string body;
    };
    Answer ask(const HttpMessage& message);
    Answer ask(HttpForm form, const nlohmann::json& request) { return ask(write_http(form, request)); }
    Answer send(const std::string& octets);
    void send_and_leave(std::string_view octets);

    std::size_t connections() const { return connections_; }

  private:
    void connect();
    void write(std::string_view rest);
    bool receive();

    const std::uint16_t port_;
    const bool keep_alive_;
    Descriptor socket_;
    std::string received_;
    std::size_t connections_ = 0;
};

}  // namespace custdkim::test
