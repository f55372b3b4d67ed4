#include "dns/name.hpp"

#include <ldns/ldns.h>

#include <memory>

#include "dns/presentation.hpp"

namespace custdkim::dns {

namespace {

struct FreeRdf {
    void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
};
using Rdf = std::unique_ptr<ldns_rdf, FreeRdf>;

Rdf to_rdf(const std::string& presentation) {
    return Rdf(ldns_rdf_new_frm_str(LDNS_RDF_TYPE_DNAME, presentation.c_str()));
}

std::string quoted(std::string_view text) {
    constexpr std::size_t shown = 80;
    return "'" + std::string(text.substr(0, shown)) + (text.size() > shown ? "...'" : "'");
}

}  // namespace

Result<Name> Name::parse(std::string_view presentation) {
    // ldns reads C strings: anything behind a NUL would be dropped unseen.
    if (presentation.empty() || presentation.find('\0') != std::string_view::npos) {
        return invalid(quoted(presentation) + " is not a domain name");
    }
    const Rdf rdf = to_rdf(std::string(presentation));
    if (!rdf) {
        return invalid(quoted(presentation) +
                       " is not a domain name: labels have 1 to 63 octets, a name at most 255");
    }
    ldns_dname2canonical(rdf.get());
    const std::unique_ptr<char, decltype(&std::free)> text(ldns_rdf2str(rdf.get()), &std::free);
    if (!text) return Error{Errc::internal, "out of memory while reading a name"};
    std::string canonical = with_escaped_quotes(text.get());
    canonical.pop_back();  // ldns always ends a name with its dot
    return Name(std::move(canonical));
}

std::size_t Name::wire_length() const {
    if (is_root()) return 1;
    const Rdf rdf = to_rdf(text_);
    return rdf ? ldns_rdf_size(rdf.get()) : 0;
}

std::size_t Name::label_count() const {
    std::size_t count = 0;
    for (std::string_view rest = text_; !rest.empty(); rest = parent(rest)) ++count;
    return count;
}

std::optional<std::string_view> Name::relative_to(const Name& zone) const {
    return dns::relative_to(text_, zone.text_);
}

std::optional<std::string_view> relative_to(std::string_view name, std::string_view zone) {
    if (zone.empty()) return name;
    if (name == zone) return std::string_view();
    if (name.size() <= zone.size() + 1 || !name.ends_with(zone)) return std::nullopt;
    const std::size_t dot = name.size() - zone.size() - 1;
    if (name[dot] != '.') return std::nullopt;
    // "x\.example.net" is one label before "net", not a name in "example.net".
    std::size_t backslashes = 0;
    while (backslashes < dot && name[dot - backslashes - 1] == '\\') ++backslashes;
    if (backslashes % 2 == 1) return std::nullopt;
    return name.substr(0, dot);
}

std::string_view parent(std::string_view canonical) {
    for (std::size_t i = 0; i < canonical.size(); ++i) {
        if (canonical[i] == '\\') {
            ++i;  // "\." or the first digit of "\032": neither ends a label
        } else if (canonical[i] == '.') {
            return canonical.substr(i + 1);
        }
    }
    return {};
}

bool is_host_label(std::string_view label) {
    if (label.empty() || label.size() > max_label_length) return false;
    if (label.front() == '-' || label.back() == '-') return false;
    for (const char c : label) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-') return false;
    }
    return true;
}

}  // namespace custdkim::dns
