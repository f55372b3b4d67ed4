// Requests and responses between Beast's types and ours. For http/server.cpp only.
#pragma once

#include <boost/beast/http.hpp>
#include <charconv>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "base/ascii.hpp"
#include "http/request_handler.hpp"
#include "http/target.hpp"

namespace custdkim::http {

using Message = boost::beast::http::response<boost::beast::http::string_body>;
using Received = boost::beast::http::request<boost::beast::http::string_body>;

template <typename Fields>
void set_header(Fields& fields, const Response& response) {
    using boost::beast::http::field;
    fields.set(field::server, "custdkim");
    fields.set(field::content_type, response.content_type);
    fields.set(field::cache_control, "no-store");
    for (const auto& [name, value] : response.headers) fields.set(name, value);
}

inline Message to_message(Response response, unsigned version, bool keep_alive) {
    Message message(static_cast<boost::beast::http::status>(response.status), version);
    set_header(message, response);
    message.body() = std::move(response.body);
    message.keep_alive(keep_alive);
    message.prepare_payload();
    return message;
}

// What stands in front of a stream: its length is not known.
inline std::string stream_header(const Response& response, unsigned version, bool chunked) {
    boost::beast::http::response<boost::beast::http::empty_body> header(
        static_cast<boost::beast::http::status>(response.status), version);
    set_header(header, response);
    header.keep_alive(false);
    header.chunked(chunked);
    std::ostringstream text;
    text << header.base();
    return text.str();
}

// RFC 9112 section 7.1.
inline std::string to_chunk(const std::string& octets) {
    char size[16];
    const auto end = std::to_chars(std::begin(size), std::end(size), octets.size(), 16).ptr;
    return std::string(size, end) + "\r\n" + octets + "\r\n";
}

// RFC 9112 section 3.2.
inline Result<void> check_host(const Received& message) {
    const auto hosts = message.count(boost::beast::http::field::host);
    if (hosts > 1) return invalid("the request has more than one Host field");
    if (hosts == 0 && message.version() >= 11) return invalid("the request has no Host field");
    return {};
}

// Without the body.
inline Result<Request> to_head(const Received& message) {
    if (auto fits = check_host(message); !fits) return fits.error();
    Request request;
    request.method = message.method_string();
    for (const auto& field : message) {
        request.headers.emplace(to_lower(std::string(field.name_string())), field.value());
    }
    if (auto split = split_target(message.target(), request); !split) return split.error();
    return request;
}

// What a client is told whose request could not be read to its end; nothing where it just went away.
inline std::optional<Response> explain(const boost::beast::error_code& error, const RequestHandler& handler,
                                       const Request& head) {
    using Wrong = boost::beast::http::error;
    if (error == Wrong::body_limit) return handler.refuse(413, "the body is too large", head);
    if (error == Wrong::header_limit) return handler.refuse(431, "the header is too large", {});
    if (error.category() == boost::beast::http::make_error_code(Wrong::bad_method).category() &&
        error != Wrong::end_of_stream && error != Wrong::partial_message) {
        return handler.refuse(400, "this is not HTTP: " + error.message(), {});
    }
    return std::nullopt;
}

}  // namespace custdkim::http
