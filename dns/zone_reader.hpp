// Zone files (RFC 1035 section 5) down to their records, whose data is left as text: $ORIGIN, $TTL, $INCLUDE,
// $GENERATE, what is left out, several lines in parentheses. ldns does not do the half of it, nor does it
// tell the line. Bounded: 64 MiB of files, two million records, includes eight deep.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace custdkim::dns {

struct ZoneRecordText {
    std::string owner;  // absolute, with its dot; letters and escapes as written
    std::uint32_t ttl_seconds = 0;
    std::string type;    // as written
    std::string data;    // words as written, apart by one space
    std::string origin;  // of relative names in the data; absolute, with its dot
};

struct ZoneReading {
    std::string origin;  // absolute, with its dot
    // Where neither the record nor $TTL has one. Without it, the last TTL that was stated (RFC 1035
    // section 5.1).
    std::optional<std::uint32_t> default_ttl_seconds;
};

// Called for each record, in the order of the file; its Error gets file and line in front and ends the
// reading.
using ZoneRecordVisitor = std::function<Result<void>(const ZoneRecordText& record)>;

// Refuses, with file and line, the first thing that cannot be understood. Included files are relative to the
// file that includes them, and must lie in its directory or below: a zone file that somebody else may write
// is not to show what else this machine has.
Result<void> read_zone_records(const std::filesystem::path& file, const ZoneReading& reading,
                               const ZoneRecordVisitor& visitor);

// The same for a text, which can include nothing; `where` stands in messages in place of the file's name.
Result<void> read_zone_records(std::string_view text, std::string_view where, const ZoneReading& reading,
                               const ZoneRecordVisitor& visitor);

}  // namespace custdkim::dns
