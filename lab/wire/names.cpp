// Names, types, codes and RDATA: what stands in messages, one by one.
#include <algorithm>

#include "base/ascii.hpp"
#include "lab/wire/ldns_types.hpp"

namespace custdkim::lab {

namespace {

std::size_t label_at(const WireName& name, std::size_t position) {
    return static_cast<unsigned char>(name[position]);
}

}  // namespace

Result<WireName> wire_name(std::string_view presentation) {
    std::string text(presentation);
    if (text.find('\0') != std::string::npos || text.empty())
        return invalid("'" + text + "' is not a domain name");
    if (text != "." && !text.ends_with('.')) text += '.';
    const Ldns<ldns_rdf> rdf(ldns_dname_new_frm_str(text.c_str()));
    if (!rdf) return invalid("'" + std::string(presentation) + "' is not a domain name");
    return from_rdf(rdf.get());
}

std::string to_text(const WireName& name) { return take_text(ldns_rdf2str(to_rdf(name).get())); }

// The lengths of labels are at most 63: no letter to fold is among them.
WireName fold_case(const WireName& name) { return to_lower(name); }

std::size_t label_count(const WireName& name) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < name.size() && label_at(name, at) != 0; at += label_at(name, at) + 1)
        ++count;
    return count;
}

WireName parent(const WireName& name) {
    const std::size_t first = name.empty() ? 0 : label_at(name, 0);
    return first == 0 ? name : name.substr(std::min(first + 1, name.size()));
}

bool is_at_or_below(const WireName& name, const WireName& zone) {
    if (name.size() < zone.size()) return false;
    std::size_t at = 0;
    while (name.size() - at > zone.size()) at += label_at(name, at) + 1;  // by whole labels
    return name.size() - at == zone.size() && name.compare(at, zone.size(), zone) == 0;
}

std::string type_name(std::uint16_t type) {
    return take_text(ldns_rr_type2str(static_cast<ldns_rr_type>(type)));
}

std::optional<std::uint16_t> parse_type(std::string_view name) {
    const ldns_rr_type found = ldns_get_rr_type_by_name(std::string(name).c_str());
    if (found == 0) return std::nullopt;
    return static_cast<std::uint16_t>(found);
}

std::string rcode_name(std::uint16_t rcode) {
    if (rcode == rcode::badvers) return "BADVERS";
    if (rcode == rcode::notimp) return "NOTIMP";  // RFC 2929 section 2.3; ldns writes NOTIMPL
    const std::string name = take_text(ldns_pkt_rcode2str(static_cast<ldns_pkt_rcode>(rcode)));
    return name.empty() ? "RCODE" + std::to_string(rcode) : name;
}

std::optional<std::uint16_t> parse_rcode(std::string_view name) {
    for (std::uint16_t rcode = 0; rcode <= rcode::badvers; ++rcode) {
        if (rcode_name(rcode) == name) return rcode;
    }
    return std::nullopt;
}

std::string rdata_text(const ResourceRecord& record) {
    const auto list = to_ldns(std::vector{record});
    const ldns_rr* const rr = ldns_rr_list_rr(list.get(), 0);
    std::string text;
    for (std::size_t i = 0; i < ldns_rr_rd_count(rr); ++i) {
        if (i != 0) text += ' ';
        text += take_text(ldns_rdf2str(ldns_rr_rdf(rr, i)));
    }
    return text;
}

Result<std::string> parse_rdata(std::uint16_t type, std::string_view text) {
    const std::string line = ". 0 IN " + type_name(type) + " " + std::string(text);
    ldns_rr* raw = nullptr;
    const ldns_status status = ldns_rr_new_frm_str(&raw, line.c_str(), 0, nullptr, nullptr);
    const Ldns<ldns_rr> rr(raw);
    if (status != LDNS_STATUS_OK) {
        return invalid("'" + std::string(text) + "' is no " + type_name(type) + ": " +
                       ldns_get_errorstr_by_id(status));
    }
    return from_ldns(rr.get()).rdata;
}

std::string joined_text(const ResourceRecord& txt) {
    std::string text;
    for (std::size_t at = 0; at < txt.rdata.size();) {
        const std::size_t length = static_cast<unsigned char>(txt.rdata[at]);
        text += txt.rdata.substr(at + 1, length);
        at += length + 1;
    }
    return text;
}

WireName target_of(const ResourceRecord& record) { return record.rdata; }

}  // namespace custdkim::lab
