// ldns's objects with owners of their own, and the way between its records and ours. For the .cpp files of
// the lab.
#pragma once

#include <ldns/ldns.h>
// ldns makes macros of these, and `false` an int: what is included after it would not compile.
#undef bool
#undef true
#undef false

#include <cstdlib>
#include <memory>

#include "lab/wire/message.hpp"

namespace custdkim::lab {

struct FreeLdns {
    void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
    void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
    void operator()(ldns_rr_list* list) const { ldns_rr_list_deep_free(list); }
    void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
    void operator()(char* text) const { std::free(text); }
    void operator()(std::uint8_t* octets) const { std::free(octets); }
};
template <typename T>
using Ldns = std::unique_ptr<T, FreeLdns>;

Ldns<ldns_rdf> to_rdf(const WireName& name);
WireName from_rdf(const ldns_rdf* name);

// Never null. What ldns cannot take apart it carries as it is.
Ldns<ldns_rr> to_ldns(const ResourceRecord& record);
ResourceRecord from_ldns(const ldns_rr* rr);
Ldns<ldns_rr_list> to_ldns(const std::vector<ResourceRecord>& records);

// What ldns allocated, as a string; empty for null.
std::string take_text(char* text);

}  // namespace custdkim::lab
