#include "dns/message.hpp"

#include <cstdlib>
#include <memory>

#include <ldns/ldns.h>  // last: it makes macros of bool, true and false

namespace custdkim::dns {

namespace {

constexpr std::uint16_t payload = 1232;

struct FreeRdf {
    void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
};
struct FreePacket {
    void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
};
struct FreeAny {
    void operator()(void* memory) const { std::free(memory); }
};
using Rdf = std::unique_ptr<ldns_rdf, FreeRdf>;
using Packet = std::unique_ptr<ldns_pkt, FreePacket>;

Rdf to_rdf(const Name& name) { return Rdf(ldns_dname_new_frm_str((name.text() + ".").c_str())); }

}  // namespace

std::string rcode_name(std::uint16_t rcode) {
    const std::unique_ptr<char, FreeAny> text(ldns_pkt_rcode2str(static_cast<ldns_pkt_rcode>(rcode)));
    return text ? std::string(text.get()) : "RCODE" + std::to_string(rcode);
}

Result<std::vector<std::uint8_t>> write_question(const Question& question) {
    const Error failure{Errc::internal, "cannot write a question for '" + question.name.text() + "'"};
    Rdf name = to_rdf(question.name);
    if (!name) return failure;
    // Resolvers say AD only to those who set it, or DO (RFC 6840 section 5.7).
    std::uint16_t flags = question.recursion_desired ? LDNS_RD | LDNS_AD : 0;
    if (question.checking_disabled) flags |= LDNS_CD;
    const Packet packet(ldns_pkt_query_new(name.release(), static_cast<ldns_rr_type>(question.type),
                                           LDNS_RR_CLASS_IN, flags));
    if (!packet) return failure;
    ldns_pkt_set_id(packet.get(), question.id);
    if (question.edns) ldns_pkt_set_edns_udp_size(packet.get(), payload);
    if (question.edns && question.dnssec_ok) ldns_pkt_set_edns_do(packet.get(), 1);
    std::uint8_t* raw = nullptr;
    std::size_t size = 0;
    const ldns_status status = ldns_pkt2wire(&raw, packet.get(), &size);
    const std::unique_ptr<std::uint8_t, FreeAny> wire(raw);
    if (status != LDNS_STATUS_OK || !wire) return failure;
    return std::vector<std::uint8_t>(wire.get(), wire.get() + size);
}

}  // namespace custdkim::dns
