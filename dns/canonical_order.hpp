// Names as octets, decoded from their escapes: their canonical order (RFC 4034 section 6.1), which is one of
// label sequences from the right, and their wire form. Pure functions of canonical texts, as dns::Name keeps
// them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace custdkim::dns {

// The labels from left to right; "a\.b.c" has two, of which the first is "a.b".
std::vector<std::string> labels_of(std::string_view canonical);

// Octets that compare, as std::string does, in the order of the names. What is below a name, and only that,
// starts with the name's own. Empty for the root, and for the apex if names are relative to it.
std::string order_key(std::string_view canonical);

// RFC 1035 section 3.1, without the root's octet at the end.
std::string wire_labels(std::string_view canonical);

}  // namespace custdkim::dns
