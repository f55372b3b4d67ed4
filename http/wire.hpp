// The octets to and from one client, over TLS or not: what Beast reads requests from and writes responses to.
// For http/server.cpp only.
#pragma once

#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <optional>
#include <utility>

#include "http/tls_context.hpp"

namespace custdkim::http {

class Wire {
  public:
    using Tcp = boost::beast::tcp_stream;
    using executor_type = Tcp::executor_type;

    // Without a context there is no TLS.
    Wire(boost::asio::ip::tcp::socket socket, TlsContext context)
        : tcp_(std::move(socket)), context_(std::move(context)) {
        if (context_) tls_.emplace(tcp_, *context_);
    }

    executor_type get_executor() { return tcp_.get_executor(); }
    bool is_encrypted() const { return tls_.has_value(); }
    Tcp& tcp() { return tcp_; }

    template <typename Buffers, typename Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        if (tls_) return tls_->async_read_some(buffers, std::forward<Token>(token));
        return tcp_.async_read_some(buffers, std::forward<Token>(token));
    }

    template <typename Buffers, typename Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        if (tls_) return tls_->async_write_some(buffers, std::forward<Token>(token));
        return tcp_.async_write_some(buffers, std::forward<Token>(token));
    }

    template <typename Token>
    auto async_handshake(Token&& token) {
        return tls_->async_handshake(boost::asio::ssl::stream_base::server, std::forward<Token>(token));
    }

    // The end of what we say (RFC 8446 section 6.1).
    template <typename Token>
    auto async_shutdown(Token&& token) {
        return tls_->async_shutdown(std::forward<Token>(token));
    }

  private:
    Tcp tcp_;
    const TlsContext context_;  // outlives the stream below
    std::optional<boost::asio::ssl::stream<Tcp&>> tls_;
};

}  // namespace custdkim::http
