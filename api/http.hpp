// HTTP requests and responses as the API's handlers see them, without the library that carries them.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace custdkim::api {

struct Request {
    std::string method;  // "GET"
    std::string path;    // decoded, without the query
    std::map<std::string, std::string> query;
    std::string authorization;
    std::string body;
};

struct Response {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

// Splits "/v1/keys?limit=5" into path and query, and decodes both (RFC 3986 section 2.1). False for a broken
// escape or an encoded NUL.
bool split_target(std::string_view target, Request& request);

}  // namespace custdkim::api
