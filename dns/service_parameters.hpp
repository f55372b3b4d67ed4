// The parameters of SVCB and HTTPS records in presentation form (RFC 9460 section 2.1), as dig 9.18 prints
// them.
#pragma once

#include <string>

#include "dns/wire_reader.hpp"

namespace custdkim::dns {

// To `end`; the reader fails if lengths do not fit. A value that is not what its key asks for is shown as a
// string.
std::string read_service_parameters(WireReader& reader, std::size_t end);

}  // namespace custdkim::dns
