// DNS messages (RFC 1035 section 4, RFC 6891) as values, with the case of names kept. ldns reads them;
// what a Message cannot say is patched into the octets by lab/internet/mangle. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace custdkim::lab {

using Bytes = std::vector<std::uint8_t>;

// A name in wire form, uncompressed: labels with their lengths, ending in 0. The case is kept; see
// fold_case() for comparing.
using WireName = std::string;

Result<WireName> wire_name(std::string_view presentation);        // with or without the dot at the end
std::string to_text(const WireName& name);                        // with the dot at the end
WireName fold_case(const WireName& name);                         // RFC 4343
std::size_t label_count(const WireName& name);                    // 0 for the root
WireName parent(const WireName& name);                            // of the root: the root
bool is_at_or_below(const WireName& name, const WireName& zone);  // both folded

namespace type {
inline constexpr std::uint16_t a = 1, ns = 2, cname = 5, soa = 6, mx = 15, txt = 16, aaaa = 28, dname = 39,
                               opt = 41, ds = 43, rrsig = 46, nsec = 47, dnskey = 48, https = 65, any = 255;
}
std::string type_name(std::uint16_t type);  // "TXT", "TYPE65280"
std::optional<std::uint16_t> parse_type(std::string_view name);

namespace rcode {
inline constexpr std::uint16_t noerror = 0, formerr = 1, servfail = 2, nxdomain = 3, notimp = 4, refused = 5,
                               badvers = 16;
}
std::string rcode_name(std::uint16_t rcode);
std::optional<std::uint16_t> parse_rcode(std::string_view name);

// Class IN, always.
struct ResourceRecord {
    WireName owner;
    std::uint16_t type = 0;
    std::uint32_t ttl = 0;
    std::string rdata;  // wire form, names in it uncompressed

    bool operator==(const ResourceRecord&) const = default;
};

// Zone-file text of RDATA, and back.
std::string rdata_text(const ResourceRecord& record);
Result<std::string> parse_rdata(std::uint16_t type, std::string_view text);
// The strings of a TXT, joined.
std::string joined_text(const ResourceRecord& txt);
// The name in the RDATA of a CNAME, DNAME or NS.
WireName target_of(const ResourceRecord& record);

struct Question {
    WireName name;
    std::uint16_t type = 0;
    std::uint16_t klass = 1;
};

struct EdnsOption {
    std::uint16_t code = 0;
    std::string data;
};

struct Edns {
    std::uint16_t udp_size = 1232;
    std::uint8_t version = 0;
    bool dnssec_ok = false;
    std::vector<EdnsOption> options;
};

// Adds an Extended DNS Error (RFC 8914); nothing without one.
void add_extended_error(Edns& edns, std::uint16_t code, std::string_view text = "");
std::optional<std::uint16_t> extended_error(const Edns& edns);

struct Message {
    std::uint16_t id = 0;
    std::uint8_t opcode = 0;
    bool response = false, authoritative = false, truncated = false, recursion_desired = false,
         recursion_available = false, authentic = false, checking_disabled = false;
    std::uint16_t rcode = 0;  // with the upper bits that EDNS adds
    std::vector<Question> questions;
    std::vector<ResourceRecord> answer, authority, additional;  // without the OPT record
    std::optional<Edns> edns;
};

// A question from a client: at most 1,232 octets, one question, no records but OPT (and TSIG or the like,
// which are skipped). The Error's message tells what to answer: nothing at all for what is no question (QR
// set, under 12 octets), FORMERR or NOTIMP else.
struct BadQuestion {
    std::optional<std::uint16_t> rcode;  // nothing: no answer
};
[[noreturn]] void throw_exception_from_error(const BadQuestion& bad, const boost::source_location&);
boost::system::result<Message, BadQuestion> parse_question(std::span<const std::uint8_t> octets);

// A response; what cannot be read is an Error.
Result<Message> parse_response(std::span<const std::uint8_t> octets);

// Names compressed. Where the message is longer than `limit`, it is cut to the question with TC set
// (RFC 2181 section 9). The OPT record stays.
Bytes write_message(const Message& message, std::size_t limit = 65535);

// A response to a question: id, opcode, question, RD and CD copied; EDNS where the question had it.
Message response_to(const Message& question, std::uint16_t rcode = rcode::noerror);

}  // namespace custdkim::lab
