// The methods of the PowerDNS remote backend protocol: one table row and one function each.
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

// PowerDNS wraps all editing of records into transactions, and other things too. One in which a change of
// records was refused cannot be committed: some of PowerDNS's tools look at the commit only.
struct Transaction {
    bool is_open = false;
    bool was_refused = false;
    std::string zone;  // canonical
};

struct Call {
    const Parts& parts;
    const boost::json::object& parameters;
    std::string& scratch;      // kept between calls, so that the usual one allocates nothing
    Transaction& transaction;  // of this conversation
};

// Appends the whole reply object. An Error makes PowerDNS answer SERVFAIL; "no such name" is not one.
using Handler = Result<void> (*)(const Call& call, Reply& reply);

struct Method {
    std::string_view name;
    Handler handle;
};

// In the order of the rows of Counters.
std::span<const Method> methods();
const Method* find_method(std::string_view name);

}  // namespace custdkim::backend
