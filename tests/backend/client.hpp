// The other end of a unix connector's connection: PowerDNS's, with blocking reads.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "backend/unix_connector.hpp"

namespace custdkim::test {

inline sockaddr_un unix_address(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    return address;
}

class Client {
  public:
    explicit Client(const std::filesystem::path& path)
        : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const sockaddr_un address = unix_address(path);
        if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            throw std::system_error(errno, std::generic_category(), "connect");
        }
    }

    // False once the other end has closed.
    bool send(std::string_view text) {
        while (!text.empty()) {
            const ssize_t sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
            if (sent < 0) return false;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    // The next line without its end; "" when the connection was closed before there was one.
    std::string line() {
        for (;;) {
            if (const auto end = received_.find('\n', searched_); end != std::string::npos) {
                std::string line = received_.substr(0, end);
                received_.erase(0, end + 1);
                searched_ = 0;
                return line;
            }
            searched_ = received_.size();
            char bytes[65536];
            const ssize_t got = ::recv(socket_.get(), bytes, sizeof bytes, 0);
            if (got <= 0) return "";
            received_.append(bytes, static_cast<std::size_t>(got));
        }
    }

    std::string ask(std::string_view request) { return send(std::string(request) + "\n") ? line() : ""; }

    // Waits until something has come, without taking it.
    void wait_for_reply() {
        char byte = 0;
        ::recv(socket_.get(), &byte, 1, MSG_PEEK);
    }

    // Waits for the other end to close.
    bool is_closed() { return line().empty() && received_.empty(); }

  private:
    Descriptor socket_;
    std::string received_;
    std::size_t searched_ = 0;
};

inline backend::UnixSettings settings_at(const std::filesystem::path& path) {
    backend::UnixSettings settings;
    settings.path = path;
    return settings;
}

inline const std::string hello = R"({"method": "initialize", "parameters": {}})";
inline const std::string hello_reply = R"({"result":true})";
inline const std::string question =
    R"({"method": "lookup", "parameters": {"qname": "S1.q7w2ka.custdkim.example.net.", "qtype": "ANY", "zone-id": 1}})";

}  // namespace custdkim::test
