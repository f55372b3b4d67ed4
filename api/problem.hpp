// Refusals as problem documents (RFC 9457): the one place where an Error becomes HTTP.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"
#include "http/message.hpp"

namespace custdkim::api {

http::Response problem(const Error& error);

// The same where there is no HTTP: what a command prints with --json. Has no status.
nlohmann::ordered_json problem_document(const Error& error);

// For what goes wrong before there is an Error: unknown path, missing token, ... `kind` is the stable word at
// the end of "urn:custdkim:problem:".
http::Response problem(unsigned status, std::string_view kind, std::string_view detail);

// With further members (RFC 9457 section 3.2): an object.
http::Response problem(unsigned status, std::string_view kind, std::string_view detail,
                       const nlohmann::ordered_json& members);

// The status that goes with the code.
unsigned status_of(Errc code);

}  // namespace custdkim::api
