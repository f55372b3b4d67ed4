// What PowerDNS's HTTP connector asks, as the JSON line that the other connectors send. It has three forms,
// by the settings in its connection string; docs/protocol.md shows one of each. Pure functions: what they
// read is hostile, and they need no server.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace custdkim::backend {

using HttpHeaders = std::map<std::string, std::string>;  // names in lower case

// {"method", "parameters"} of the REST form:
//
//   GET /lookup/s1%2eq7w2ka%2ecustdkim%2eexample%2enet%2e/ANY        X-RemoteBackend-zone-id: 1
//
// `target` is what follows the URL in the connection string, not yet decoded: it is cut at its slashes first,
// so that an encoded slash or dot is part of a name. Parameters that are missing are left out, for the method
// to complain of; those of methods that we do not have are not read.
Result<boost::json::object> read_rest(std::string_view verb, std::string_view target,
                                      const HttpHeaders& headers, std::string_view body);

// The same of any form. With `post_json` the body is the line, with `post` it has the parameters:
//
//   POST                                {"method": "lookup", "parameters": {"qname": ...}}
//   POST /lookup                        parameters=%7b%22qname%22%3a...
Result<std::string> read_http_request(std::string_view verb, std::string_view target,
                                      const HttpHeaders& headers, std::string_view body);

}  // namespace custdkim::backend
