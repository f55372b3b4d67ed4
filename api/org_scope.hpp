// Callers that are bound to an organisation, where a request can name one. Pure functions.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "http/message.hpp"
#include "keys/access.hpp"

namespace custdkim::api {

// The organisation that is meant: the one that is named, else the caller's own; "": all, or none. Nothing
// where the caller is bound to another one.
std::optional<std::string> org_meant(const Caller& caller, const std::string& named);

// What is answered then.
http::Response other_org(const Caller& caller);

// For an organisation that there is not.
Error no_org(const std::string& name);

}  // namespace custdkim::api
