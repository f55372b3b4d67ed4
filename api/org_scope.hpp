// Callers that are bound to an organisation, where a request can name one. Pure functions.
#pragma once

#include <optional>
#include <string>

#include "http/message.hpp"
#include "keys/access.hpp"

namespace custdkim::api {

// The organisation that is meant: the one that is named, else the caller's own; "": all, or none. Nothing
// where the caller is bound to another one.
std::optional<std::string> org_meant(const Caller& caller, const std::string& named);

// What is answered then.
http::Response other_org(const Caller& caller);

}  // namespace custdkim::api
