#include "dns/record_types.hpp"

#include <algorithm>

namespace custdkim::dns {

namespace {

using enum Field;

// By number. What is obsolete, or nobody asks for, has a name only: RFC 3597 covers it.
constexpr RecordType types[] = {
    {1, "A", {ipv4}},
    {2, "NS", {name}},
    {3, "MD", {name}},
    {4, "MF", {name}},
    {5, "CNAME", {name}},
    {6, "SOA", {name, name, number32, number32, number32, number32, number32}},
    {7, "MB", {name}},
    {8, "MG", {name}},
    {9, "MR", {name}},
    {10, "NULL"},
    {11, "WKS"},
    {12, "PTR", {name}},
    {13, "HINFO", {string, string}},
    {14, "MINFO", {name, name}},
    {15, "MX", {number16, name}},
    {16, "TXT", {strings}},
    {17, "RP", {name, name}},
    {18, "AFSDB", {number16, name}},
    {19, "X25"},
    {20, "ISDN"},
    {21, "RT", {number16, name}},
    {22, "NSAP"},
    {23, "NSAP-PTR"},
    {24, "SIG"},
    {25, "KEY"},
    {26, "PX", {number16, name, name}},
    {27, "GPOS"},
    {28, "AAAA", {ipv6}},
    {29, "LOC"},
    {30, "NXT"},
    {31, "EID"},
    {32, "NIMLOC"},
    {33, "SRV", {number16, number16, number16, name}},
    {34, "ATMA"},
    {35, "NAPTR", {number16, number16, string, string, string, name}},
    {36, "KX", {number16, name}},
    {37, "CERT"},
    {38, "A6"},
    {39, "DNAME", {name}},
    {40, "SINK"},
    {41, "OPT"},
    {42, "APL"},
    {43, "DS", {number16, number8, number8, hex}},
    {44, "SSHFP", {number8, number8, hex}},
    {45, "IPSECKEY"},
    {46, "RRSIG", {type, number8, number8, number32, time, time, number16, name, base64}},
    {47, "NSEC", {name, type_bitmap}},
    {48, "DNSKEY", {number16, number8, number8, base64}},
    {49, "DHCID", {base64}},
    {50, "NSEC3", {number8, number8, number16, salt, hash, type_bitmap}},
    {51, "NSEC3PARAM", {number8, number8, number16, salt}},
    {52, "TLSA", {number8, number8, number8, hex}},
    {53, "SMIMEA", {number8, number8, number8, hex}},
    {55, "HIP"},
    {56, "NINFO"},
    {57, "RKEY"},
    {58, "TALINK"},
    {59, "CDS", {number16, number8, number8, hex}},
    {60, "CDNSKEY", {number16, number8, number8, base64}},
    {61, "OPENPGPKEY", {base64}},
    {62, "CSYNC", {number32, number16, type_bitmap}},
    {63, "ZONEMD", {number32, number8, number8, hex}},
    {64, "SVCB", {number16, name, service}},
    {65, "HTTPS", {number16, name, service}},
    {66, "DSYNC"},
    {67, "HHIT"},
    {68, "BRID"},
    {99, "SPF", {strings}},
    {100, "UINFO"},
    {101, "UID"},
    {102, "GID"},
    {103, "UNSPEC"},
    {104, "NID"},
    {105, "L32"},
    {106, "L64"},
    {107, "LP"},
    {108, "EUI48"},
    {109, "EUI64"},
    {249, "TKEY"},
    {250, "TSIG"},
    {251, "IXFR"},
    {252, "AXFR"},
    {253, "MAILB"},
    {254, "MAILA"},
    {255, "ANY"},
    {256, "URI", {number16, number16, long_string}},
    {257, "CAA", {number8, tag, long_string}},
    {258, "AVC"},
    {259, "DOA"},
    {260, "AMTRELAY"},
    {261, "RESINFO"},
    {262, "WALLET"},
    {32768, "TA"},
    {32769, "DLV", {number16, number8, number8, hex}},
};

}  // namespace

char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

const RecordType* find_record_type(std::uint16_t number) {
    const auto* const row =
        std::lower_bound(std::begin(types), std::end(types), number,
                         [](const RecordType& one, std::uint16_t wanted) { return one.number < wanted; });
    return row != std::end(types) && row->number == number ? row : nullptr;
}

const RecordType* find_record_type(std::string_view mnemonic) {
    const auto* const row = std::find_if(std::begin(types), std::end(types), [&](const RecordType& one) {
        return std::equal(mnemonic.begin(), mnemonic.end(), one.mnemonic.begin(), one.mnemonic.end(),
                          [](char a, char b) { return to_upper(a) == b; });
    });
    return row != std::end(types) ? row : nullptr;
}

}  // namespace custdkim::dns
