// What a diagnosis reads out of the records of an answer. Pure functions; records that make no sense are left
// out.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "dns/message.hpp"

namespace custdkim::activation {

// There is an answer, all of it, and it says something about the name.
bool tells(const Result<dns::Answer>& answer);

// The name without its first label; the root of the root.
dns::Name one_up(const dns::Name& name);

// The fields of a record's content, by white space.
std::vector<std::string_view> fields_of(const dns::Record& record);

// All of this type, of whatever owner.
std::vector<dns::Record> of_type(const std::vector<dns::Record>& records, std::string_view type);
// All at this name, of whatever type.
std::vector<dns::Record> at_name(const std::vector<dns::Record>& records, const dns::Name& name);

// The name that the content of an NS or CNAME is.
std::optional<dns::Name> name_in(const dns::Record& record);

// Signatures over records of this type.
std::vector<dns::Record> signatures_of(const std::vector<dns::Record>& records, std::string_view covered);

// Is what DNSSEC adds to any zone.
bool is_of_dnssec(const dns::Record& record);

// How long caches may remember this answer: the least TTL of its records; of an answer without records that
// of the SOA, or its minimum, whichever is less (RFC 2308 section 5).
std::optional<std::uint32_t> seconds_to_live(const dns::Answer& answer);

}  // namespace custdkim::activation
