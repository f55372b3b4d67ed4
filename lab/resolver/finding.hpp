// What was found out about one name and type: an RRset, that there is none (RFC 2308), or that nobody could
// be asked. The unit of the cache and of validation (RFC 4035 section 4.3). Values; pure functions.
#pragma once

#include <memory>

#include "base/time.hpp"
#include "lab/wire/message.hpp"

namespace custdkim::lab {

using Records = std::vector<ResourceRecord>;

struct Verdict {
    enum class Security { unchecked, insecure, secure, bogus };
    Security security = Security::unchecked;
    std::uint16_t extended_error = 0;  // RFC 8914, of what is bogus
    std::string reason;
    Duration lasts = Duration::max();  // no signature it stands on holds for longer

    bool operator==(Security other) const { return security == other; }
};
using Security = Verdict::Security;

Verdict bogus(std::uint16_t extended_error, std::string reason);

struct Finding {
    // `empty` is NOERROR with nothing at all, not even the SOA of a denial.
    enum class Kind { records, nodata, nxdomain, empty, failure };
    Kind kind = Kind::failure;
    WireName name;           // folded
    std::uint16_t type = 0;  // of the records: CNAME, where the question was for something else
    Records records;         // one RRset; several for ANY
    Records signatures;      // over them
    Records dname;           // what the CNAME was made from, and the signatures over it (RFC 6672)
    Records proof;           // SOA and NSEC records with their signatures
    std::uint32_t ttl = 0;
    Timestamp stored{};
    Verdict verdict;
};
using FindingPointer = std::shared_ptr<const Finding>;

// Where the search goes on, if the answer to a question for `asked_type` is a CNAME.
bool leads_on(const Finding& finding, std::uint16_t asked_type);

std::string cache_key(const WireName& folded, std::uint16_t type);

// The type that an RRSIG is over; 0 for what is none.
std::uint16_t covered_type(const ResourceRecord& signature);

// RFC 2181 section 8: the top bit means zero.
std::uint32_t sane_ttl(std::uint32_t ttl);
std::uint32_t least_ttl(const Records& records);

// RFC 2308 section 5: how long a denial may be kept, as its SOA says; nothing without one.
std::optional<std::uint32_t> negative_ttl(const Records& proof);

// The RRsets among the records, in order of appearance, with the signatures over each.
struct SignedSet {
    WireName owner;  // folded
    std::uint16_t type = 0;
    Records records, signatures;
};
std::vector<SignedSet> group(const Records& records);

}  // namespace custdkim::lab
