// Where iteration begins: the addresses of the root's servers (RFC 9609) and the keys that the root is
// trusted by (RFC 9718), from files or as the world has them. Pure but for reading files; thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "dns/server_address.hpp"

namespace custdkim::dns {

// The A and AAAA records of a zone file such as named.root, all on port 53. Refused if there are none.
Result<std::vector<ServerAddress>> read_root_hints(const std::filesystem::path& file);
std::vector<ServerAddress> built_in_root_servers();

// The DS and DNSKEY records of a file, each on a line as zone files have it. Refused if there are none.
Result<std::vector<std::string>> read_trust_anchors(const std::filesystem::path& file);
std::vector<std::string> built_in_trust_anchors();

}  // namespace custdkim::dns
