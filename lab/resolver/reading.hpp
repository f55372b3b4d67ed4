// What a name server's response says about a question, read with a resolver's distrust: only what belongs to
// the zone that was asked (RFC 2181 section 5.4.1), aliases in their order, and referrals downwards only.
// Where real resolvers differ this follows Unbound 1.17. Pure functions.
#pragma once

#include "lab/resolver/finding.hpp"

namespace custdkim::lab {

struct Reading {
    // `empty` says nothing at all; another server may know more.
    enum class Kind { findings, referral, empty, useless };
    Kind kind = Kind::useless;
    std::vector<Finding> findings;  // about the name, and about those its aliases lead to
    WireName cut;                   // of a referral, folded
    Records name_servers, glue;
};

// `zone` is the one whose servers were asked; `name` is folded.
Reading read_response(const Message& response, const WireName& zone, const WireName& name,
                      std::uint16_t type);

}  // namespace custdkim::lab
