#include "http/tls.hpp"

#include <boost/asio/buffer.hpp>

#include "http/tls_context.hpp"

namespace custdkim::http {

namespace ssl = boost::asio::ssl;

Result<TlsContext> make_context(const TlsPair& pair) {
    using Options = ssl::context;
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    boost::system::error_code error;
    context->set_options(Options::default_workarounds | Options::no_sslv2 | Options::no_sslv3 |
                             Options::no_tlsv1 | Options::no_tlsv1_1 | Options::no_compression,
                         error);
    if (error) return invalid("TLS cannot be set up: " + error.message());
    // Nobody is there who could type one.
    context->set_password_callback([](std::size_t, auto) { return std::string(); }, error);
    context->use_certificate_chain(boost::asio::buffer(pair.certificates), error);
    if (error) return invalid("the certificate cannot be used: " + error.message());
    context->use_private_key(boost::asio::buffer(pair.private_key), ssl::context::pem, error);
    if (error) return invalid("the private key cannot be used with the certificate: " + error.message());
    return context;
}

Result<void> check_pair(const TlsPair& pair) {
    const auto context = make_context(pair);
    if (!context) return context.error();
    return {};
}

}  // namespace custdkim::http
