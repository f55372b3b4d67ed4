// OpenSSL's view of a TlsPair, as Asio wraps it. For this room only.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "http/tls.hpp"

namespace custdkim::http {

// Old connections go on with theirs while new ones are made with another.
using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

Result<TlsContext> make_context(const TlsPair& pair);

}  // namespace custdkim::http
