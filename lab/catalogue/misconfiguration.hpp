// One way in which a customer's DNS is wrong (or, in the group `healthy`, unusual but right), as a file in
// lab/misconfigurations/ describes it; README.md there is the specification. Texts still have their
// placeholders. Plain values.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace custdkim::lab {

enum class Group {
    missing,
    no_cname,
    text_instead,
    conflict,
    wrong_target,
    servers,
    dnssec,
    timing,
    healthy
};
enum class Serves { as_written, servfail, refused, by_type, before };
enum class RealServer { bind, nsd, knot, powerdns };

// What a resolver shows for one question: "NXDOMAIN | CNAME {target1}.{domain}."
struct Expected {
    std::string rcode;  // mnemonic; NODATA became NOERROR without records
    bool authentic = false;
    std::optional<std::uint16_t> extended_error;  // RFC 8914
    struct Record {
        std::string type, content;  // content "*": anything
        bool operator==(const Record&) const = default;
    };
    std::vector<Record> records;  // in any order

    bool operator==(const Expected&) const = default;
};

struct Expectation {
    std::array<Expected, 2> cname, txt;  // of both selectors, each with an empty cache
    std::optional<Expected> txt1_after_cname1, cname1_after_txt1;
};

enum class FaultyAnswer {
    normal,
    drop,
    hang_up,
    servfail,
    refused,
    notimp,
    formerr,
    nxdomain,
    nodata,
    badvers,
    truncate,
    upward_referral
};
enum class Mangle {
    none,
    foreign_id,
    no_question,
    two_opts,
    bad_rdlength,
    cut_in_record,
    wrong_owner,
    lower_case,
    no_edns
};

struct ServerFault {
    std::vector<unsigned> servers;  // none: all
    std::string name, under;        // at most one of the two; none: any name
    std::vector<std::string> types;
    std::optional<bool> tcp, edns;  // only such questions
    std::vector<unsigned> nth;      // 1 is the first that fits; none: each
    std::optional<Duration> from, until;
    FaultyAnswer answer = FaultyAnswer::normal;
    std::optional<std::string> records;
    std::string rcode = "NOERROR";  // with `records`
    std::optional<std::string> flatten;
    Mangle mangle = Mangle::none;
    std::chrono::milliseconds delay{0};
};

struct Flavour {
    std::string id = "default", title;
    std::vector<RealServer> servers;
    Serves serves = Serves::as_written;
    std::optional<std::string> zone;  // instead of the misconfiguration's
    std::vector<ServerFault> faults;  // before the misconfiguration's
    std::string seen_as;              // as the misconfiguration's, and before it
    bool harmless = false;            // likewise
    Expectation expect;
};

// One name server that differs from the others.
struct OddServer {
    unsigned number = 1;
    bool listed = true;  // in the parent's NS set
    std::optional<std::string> zone;
    std::optional<Serves> serves;
};

enum class DnssecFault {
    none,
    expired,
    not_yet_valid,
    ds_mismatch,
    ds_without_signatures,
    altered_record,
    no_dnskey,
    no_nsec,
    broken_nsec,
    record_added_by_hand,
    unknown_algorithm
};

struct Signing {
    DnssecFault fault = DnssecFault::none;
    std::string added;
};

struct Misconfiguration {
    std::string id, title;
    Group group = Group::healthy;
    std::string did, source, cause, fix, note;
    std::string seen_as;    // the cause that a finding must name first, where outside `cause` is one of
                            // several; "healthy": nothing is seen. "": the cause itself
    bool harmless = false;  // mail works everywhere: a finding passes, and names the cause
    std::string zone;
    bool without_soa = false, without_ns = false;
    std::optional<std::string> before;
    bool primed = false;
    std::vector<Flavour> flavours;  // at least one
    std::vector<OddServer> servers;
    std::vector<ServerFault> faults;
    std::optional<Signing> dnssec;
    std::filesystem::path file;

    const Flavour* flavour(std::string_view id) const;  // "" is the first; nullptr: there is none

    // What the finding about this flavour names first, and whether it passes.
    const std::string& seen_as_of(const Flavour& flavour) const;
    bool is_harmless(const Flavour& flavour) const { return harmless || flavour.harmless; }
};

}  // namespace custdkim::lab
