// RDATA, read from a message and written in presentation form, letter by letter as dig 9.18 prints it. Not by
// ldns: it allocates RDLENGTH octets for every string of a TXT (4 GB of a hostile message of 64 KiB), reads
// the system's files for WKS, and the time of day for RRSIG. A pure function.
#pragma once

#include <cstdint>
#include <string>

#include "dns/wire_reader.hpp"

namespace custdkim::dns {

// `length` octets from where the reader is. The reader fails if they are not what the type says. Times count
// from 1970 to 2106.
std::string read_record_content(WireReader& reader, std::uint16_t type, std::size_t length);

}  // namespace custdkim::dns
