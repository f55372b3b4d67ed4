// The types of records that we know by name, and of what their RDATA consists: one row each (RFC 1035 section
// 3.3, RFC 3596, RFC 4034, RFC 9460, ...). Immutable; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace custdkim::dns {

enum class Field : std::uint8_t {
    end,
    number8,
    number16,
    number32,
    ipv4,
    ipv6,
    name,
    string,       // one octet of length leads it
    tag,          // the same, written without quotes (RFC 8659 section 4.1)
    strings,      // to the end of the record
    long_string,  // to the end of the record, without a length
    hex,          // to the end of the record
    base64,       // to the end of the record
    time,         // RFC 4034 section 3.2
    type,         // a type's mnemonic
    type_bitmap,  // RFC 4034 section 4.1.2; to the end of the record
    salt,         // RFC 5155 section 3.3
    hash,         // RFC 5155 section 3.3
    service,      // SvcParams: RFC 9460 section 2.1; to the end of the record
};

struct RecordType {
    std::uint16_t number = 0;
    std::string_view mnemonic;
    std::array<Field, 10> fields{};  // `end` closes them; none: written as RFC 3597 section 5 has it
};

// Of ASCII; others stay as they are.
char to_upper(char c);

// Null for a type that has no row.
const RecordType* find_record_type(std::uint16_t number);
// In any letter case.
const RecordType* find_record_type(std::string_view mnemonic);

}  // namespace custdkim::dns
