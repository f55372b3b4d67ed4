// The TXT record of a key (RFC 6376 section 3.6.1): "v=DKIM1; k=...; p=...".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "keys/key_type.hpp"

namespace custdkim {

// The tag list as verifiers read it. An empty `public_key` makes a revoked record ("p=").
std::string key_record_text(KeyType type, std::span<const std::uint8_t> public_key);

// The same as zone-file presentation, appended: quoted character-strings of at most 255 octets (RFC 1035
// section 3.3), which verifiers join without a separator (RFC 6376 section 3.6.2.2).
void append_key_record(std::string& out, KeyType type, std::span<const std::uint8_t> public_key);

}  // namespace custdkim
