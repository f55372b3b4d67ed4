#include "dns/zone_entries.hpp"

#include <cstdio>
#include <memory>

#include "dns/zone_syntax.hpp"

#include <ldns/ldns.h>  // last: it makes macros of bool, true and false

namespace custdkim::dns {

namespace {

struct FreeRr {
    void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
};
struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using Rr = std::unique_ptr<ldns_rr, FreeRr>;
using File = std::unique_ptr<std::FILE, CloseFile>;

// The state that ldns carries from line to line: it replaces the RDFs that it is given.
struct Cursor {
    ldns_rdf* origin = nullptr;
    ldns_rdf* previous = nullptr;
    std::uint32_t ttl = 0;

    ~Cursor() {
        ldns_rdf_deep_free(origin);
        ldns_rdf_deep_free(previous);
    }
};

Error at(std::string_view where, int line, std::string_view what) {
    return invalid(std::string(where) + ":" + std::to_string(line) + ": " + std::string(what));
}

}  // namespace

Result<void> each_zone_entry(std::string_view zone, std::string_view where, const std::string& origin,
                             std::uint32_t default_ttl_seconds, const ZoneEntry& entry) {
    std::string text(zone);
    text += '\n';  // fmemopen refuses an empty buffer
    if (const auto fault = find_syntax_fault(text)) return at(where, fault->line, fault->what);
    const File file(fmemopen(text.data(), text.size(), "r"));
    if (!file) return Error{Errc::internal, "out of memory while reading a zone"};
    Cursor cursor;
    cursor.ttl = default_ttl_seconds;
    cursor.origin = ldns_rdf_new_frm_str(LDNS_RDF_TYPE_DNAME, origin.c_str());
    while (!std::feof(file.get())) {
        ldns_rr* raw = nullptr;
        const auto before = static_cast<std::size_t>(std::ftell(file.get()));
        const ldns_status status =
            ldns_rr_new_frm_fp(&raw, file.get(), &cursor.ttl, &cursor.origin, &cursor.previous);
        const Rr rr(raw);
        switch (status) {
            case LDNS_STATUS_OK: {
                const auto taken = entry(*rr);
                if (!taken) return at(where, line_of_entry(text, before), taken.error().detail);
                break;
            }
            case LDNS_STATUS_SYNTAX_EMPTY:
            case LDNS_STATUS_SYNTAX_TTL:
            case LDNS_STATUS_SYNTAX_ORIGIN: break;  // an empty line, $TTL, $ORIGIN
            default: return at(where, line_of_entry(text, before), ldns_get_errorstr_by_id(status));
        }
    }
    return {};
}

}  // namespace custdkim::dns
