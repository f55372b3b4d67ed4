// A handler that does what the path says, and a server over it.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "http/server.hpp"
#include "raw_client.hpp"

namespace custdkim::test {

// Tells its numbers up to where the test has counted.
class Counting final : public http::Stream {
  public:
    explicit Counting(const std::atomic<int>& upto, std::size_t octets = 0) : upto_(upto), octets_(octets) {}
    std::optional<http::Piece> next() override {
        if (upto_ < 0) return std::nullopt;
        if (told_ >= upto_) return http::Piece{};
        ++told_;
        return http::Piece{"<" + std::to_string(told_) + ">" + std::string(octets_, 'x'), told_ < upto_};
    }
    std::string heartbeat() const override { return "<beat>"; }

  private:
    const std::atomic<int>& upto_;
    const std::size_t octets_;
    int told_ = 0;
};

// Counts what it is given.
class Scales final : public http::BodySink {
  public:
    Scales(const http::Request& head, std::atomic<int>& open) : head_(head), open_(open) { ++open_; }
    ~Scales() override { --open_; }
    void take(std::string_view octets) override {
        weight_ += octets.size();
        largest_ = std::max(largest_, octets.size());
        last_ = octets.back();
    }
    http::Response finish() override {
        std::string told = head_.path + " " + std::to_string(weight_) + " octets, the last " + last_;
        if (largest_ > 65536) told += ", too much at once";
        return {200, "text/plain", told, {}};
    }

  private:
    const http::Request& head_;
    std::atomic<int>& open_;
    std::size_t weight_ = 0, largest_ = 0;
    char last_ = '-';
};

class ScriptedHandler final : public http::RequestHandler {
  public:
    http::Response handle(const http::Request& request) const noexcept override {
        if (request.path == "/slow") {
            std::unique_lock lock(mutex_);
            ++waiting_;
            changed_.notify_all();
            changed_.wait(lock, [this] { return released_; });
        }
        http::Response response{200, "text/plain", request.path + request.body, {}};
        if (request.path == "/count") response.stream = std::make_shared<Counting>(upto);
        if (request.path == "/flood") response.stream = std::make_shared<Counting>(upto, 1 << 20);
        return response;
    }
    bool takes_long(const http::Request& head) const override { return head.path == "/slow"; }
    std::size_t max_body(const http::Request& head) const override {
        return head.path == "/large" || head.path == "/weigh" ? 1 << 20 : 1000;
    }
    std::unique_ptr<http::BodySink> open_sink(const http::Request& head) const noexcept override {
        return head.path == "/weigh" ? std::make_unique<Scales>(head, scales) : nullptr;
    }
    http::Response refuse(unsigned status, std::string_view reason, const http::Request&) const override {
        return {status, "text/plain", std::string(reason), {}};
    }

    void wait_for(int requests) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_ >= requests; });
    }
    void release() {
        const std::lock_guard lock(mutex_);
        released_ = true;
        changed_.notify_all();
    }

    std::atomic<int> upto = 0;            // of streams; below 0 they end
    mutable std::atomic<int> scales = 0;  // that are in use

  private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    mutable int waiting_ = 0;
    bool released_ = false;
};

inline http::ServerSettings on_loopback() {
    http::ServerSettings settings;
    settings.what = "the test";
    settings.address = "127.0.0.1";
    return settings;
}

struct ScriptedServer {
    explicit ScriptedServer(const http::ServerSettings& settings)
        : server(http::Server::start(settings, handler).value()) {}
    ~ScriptedServer() { handler.release(); }

    std::uint16_t port() const { return server->port(); }

    ScriptedHandler handler;
    std::unique_ptr<http::Server> server;
};

inline std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"; }

// The status line and the body of an answer with a length.
inline std::string answer(RawClient& client) {
    const std::string head = client.receive("\r\n\r\n");
    const std::size_t at = head.find("Content-Length: ");
    if (at == std::string::npos) return head;
    return head.substr(9, 3) + " " + client.receive_octets(std::stoul(head.substr(at + 16)));
}

}  // namespace custdkim::test
