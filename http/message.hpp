// HTTP requests and responses as handlers see them, without the library that carries them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/descriptor.hpp"
#include "http/stream.hpp"

namespace custdkim::http {

struct Request {
    std::string method;  // "GET"
    std::string target;  // as it was sent: who must tell an encoded slash from a slash splits it first
    std::string path;    // decoded, without the query
    std::map<std::string, std::string> query;
    std::map<std::string, std::string> headers;  // names in lower case; the first of those with the same one
    std::string body;

    // "" where there is none. The name in lower case.
    std::string_view header(const std::string& name) const;
};

struct Response {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    // A body too large for the memory: all of a regular file, from its beginning, read as it is sent.
    std::shared_ptr<Descriptor> file = nullptr;
    std::shared_ptr<Stream> stream = {};  // behind the header, instead of the body
};

}  // namespace custdkim::http
