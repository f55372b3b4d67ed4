// The methods of the PowerDNS remote backend protocol that we answer: one table row and one function each.
// https://doc.powerdns.com/authoritative/backends/remote.html, and docs/protocol.md for how it really
// behaves.
#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string>
#include <string_view>

#include "backend/parts.hpp"
#include "backend/reply.hpp"
#include "base/result.hpp"

namespace custdkim::backend {

struct Call {
    const Parts& parts;
    const boost::json::object& parameters;
    std::string& scratch;  // kept between calls, so that the usual one allocates nothing
};

// Appends the whole reply object. An Error makes PowerDNS answer SERVFAIL; "no such name" is not one.
using Handler = Result<void> (*)(const Call& call, Reply& reply);

struct Method {
    std::string_view name;
    Handler handle;
};

// What `lookup` answers for a canonical name. "No such name" is an empty array; PowerDNS makes NXDOMAIN of
// it. A zone id that is negative or unknown leaves the choice of the zone to the name.
void answer_lookup(const Zones& zones, std::string_view name, std::string_view type, std::int64_t zone_id,
                   Reply& reply);

std::span<const Method> methods();
const Method* find_method(std::string_view name);

}  // namespace custdkim::backend
