#include "lab/wire/ldns_types.hpp"

namespace custdkim::lab {

namespace {

void put_number(std::string& octets, std::uint32_t number, unsigned count) {
    for (unsigned i = count; i > 0; --i) octets += static_cast<char>(number >> (8 * (i - 1)) & 0xff);
}

// Names in RDATA that messages compress (RFC 3597 section 4) must be names to ldns; all else may be octets.
bool has_names(std::uint16_t record_type) {
    return record_type == type::ns || record_type == type::cname || record_type == type::soa ||
           record_type == type::mx || record_type == LDNS_RR_TYPE_PTR;
}

Ldns<ldns_rr> from_octets(const ResourceRecord& record) {
    std::string octets = record.owner;
    put_number(octets, record.type, 2);
    put_number(octets, 1, 2);
    put_number(octets, record.ttl, 4);
    put_number(octets, static_cast<std::uint32_t>(record.rdata.size()), 2);
    octets += record.rdata;
    ldns_rr* rr = nullptr;
    std::size_t position = 0;
    const auto* const data = reinterpret_cast<const std::uint8_t*>(octets.data());
    if (ldns_wire2rr(&rr, data, octets.size(), &position, LDNS_SECTION_ANSWER) != LDNS_STATUS_OK) return {};
    return Ldns<ldns_rr>(rr);
}

}  // namespace

Ldns<ldns_rdf> to_rdf(const WireName& name) {
    return Ldns<ldns_rdf>(ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name.size(), name.data()));
}

WireName from_rdf(const ldns_rdf* name) {
    return {reinterpret_cast<const char*>(ldns_rdf_data(name)), ldns_rdf_size(name)};
}

Ldns<ldns_rr> to_ldns(const ResourceRecord& record) {
    if (has_names(record.type)) {
        if (auto rr = from_octets(record)) return rr;
    }
    Ldns<ldns_rr> rr(ldns_rr_new());
    ldns_rr_set_owner(rr.get(), to_rdf(record.owner).release());
    ldns_rr_set_type(rr.get(), static_cast<ldns_rr_type>(record.type));
    ldns_rr_set_class(rr.get(), LDNS_RR_CLASS_IN);
    ldns_rr_set_ttl(rr.get(), record.ttl);
    ldns_rr_push_rdf(rr.get(),
                     ldns_rdf_new_frm_data(LDNS_RDF_TYPE_UNKNOWN, record.rdata.size(), record.rdata.data()));
    return rr;
}

Ldns<ldns_rr_list> to_ldns(const std::vector<ResourceRecord>& records) {
    Ldns<ldns_rr_list> list(ldns_rr_list_new());
    for (const ResourceRecord& record : records) {
        auto rr = from_octets(record);  // whoever wants a list wants to read RDATA: to sign, to verify
        ldns_rr_list_push_rr(list.get(), (rr ? std::move(rr) : to_ldns(record)).release());
    }
    return list;
}

ResourceRecord from_ldns(const ldns_rr* rr) {
    ResourceRecord record{
        from_rdf(ldns_rr_owner(rr)), static_cast<std::uint16_t>(ldns_rr_get_type(rr)), ldns_rr_ttl(rr), {}};
    for (std::size_t i = 0; i < ldns_rr_rd_count(rr); ++i) {
        const ldns_rdf* const rdf = ldns_rr_rdf(rr, i);
        record.rdata.append(reinterpret_cast<const char*>(ldns_rdf_data(rdf)), ldns_rdf_size(rdf));
    }
    return record;
}

std::string take_text(char* text) {
    const Ldns<char> owner(text);
    return text ? std::string(text) : std::string();
}

}  // namespace custdkim::lab
