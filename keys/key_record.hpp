// The TXT record of a key (RFC 6376 section 3.6.1): "v=DKIM1; k=...; p=...". Pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "keys/key.hpp"
#include "keys/key_type.hpp"

namespace custdkim {

// What a record holds: a public key, nothing ("p=": revoked, or a placeholder), or beside an empty "p=" the
// private key of a pair that no mail needs any more, so that anybody could have made its signatures.
struct RecordContent {
    std::span<const std::uint8_t> bytes;
    bool is_private_key = false;

    RecordContent() = default;
    RecordContent(std::span<const std::uint8_t> b, bool is_private = false)
        : bytes(b), is_private_key(is_private) {}
    RecordContent(const Bytes& b, bool is_private = false) : bytes(b), is_private_key(is_private) {}
};

// The tag list as verifiers read it.
std::string key_record_text(KeyType type, const RecordContent& content);

// The same as zone-file presentation, appended: quoted character-strings of at most 255 octets (RFC 1035
// section 3.3), which verifiers join without a separator (RFC 6376 section 3.6.2.2).
void append_key_record(std::string& out, KeyType type, const RecordContent& content);

RecordContent record_content(const Slot& slot);

// The slot's record as verifiers read it.
std::string slot_record_text(const Key& key, const Slot& slot);

}  // namespace custdkim
