// Which names of a zone are linked to each other for denial of existence (RFC 4034 section 4, RFC 5155
// section 7.1).
#pragma once

#include <optional>

#include "zone/hashing.hpp"

namespace custdkim {

enum class Chain {
    nsec,           // those that have records
    nsec3,          // and the empty non-terminals
    nsec3_opt_out,  // without insecure delegations, and what is there for their sake only
};

inline Chain chain_of(const std::optional<Hashing>& hashing) {
    if (!hashing) return Chain::nsec;
    return hashing->opt_out ? Chain::nsec3_opt_out : Chain::nsec3;
}

}  // namespace custdkim
