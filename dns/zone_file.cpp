#include "dns/zone_file.hpp"

#include <ldns/ldns.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "dns/zone_syntax.hpp"

namespace custdkim::dns {

namespace {

constexpr std::size_t max_file_size = 64 << 20;

struct FreeRr {
    void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
};
struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using Rr = std::unique_ptr<ldns_rr, FreeRr>;
using File = std::unique_ptr<std::FILE, CloseFile>;

std::string take(char* raw) {
    const std::unique_ptr<char, decltype(&std::free)> owner(raw, &std::free);
    return raw ? std::string(raw) : std::string();
}

std::string content_of(const ldns_rr* rr) {
    std::string content;
    for (std::size_t i = 0; i < ldns_rr_rd_count(rr); ++i) {
        if (i != 0) content += ' ';
        content += take(ldns_rdf2str(ldns_rr_rdf(rr, i)));
    }
    return content;
}

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

Result<Record> to_record(const ldns_rr* rr, std::string_view where, int line) {
    if (ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN) return at(where, line, "only class IN is served");
    const auto owner = Name::parse(take(ldns_rdf2str(ldns_rr_owner(rr))));
    if (!owner) return at(where, line, owner.error().detail);
    return Record{*owner, take(ldns_rr_type2str(ldns_rr_get_type(rr))), ldns_rr_ttl(rr), content_of(rr)};
}

// `text` ends with a newline.
Result<std::vector<Record>> read(std::string& text, std::string_view where, const Name& origin,
                                 std::uint32_t default_ttl_seconds) {
    if (const auto fault = find_syntax_fault(text)) return at(where, fault->line, fault->what);
    const File file(fmemopen(text.data(), text.size(), "r"));
    if (!file) return Error{Errc::internal, "out of memory while reading a zone"};
    std::vector<Record> records;
    Cursor cursor;
    cursor.ttl = default_ttl_seconds;
    cursor.origin = ldns_rdf_new_frm_str(LDNS_RDF_TYPE_DNAME, (origin.text() + ".").c_str());
    while (!std::feof(file.get())) {
        ldns_rr* raw = nullptr;
        const auto before = static_cast<std::size_t>(std::ftell(file.get()));
        const ldns_status status =
            ldns_rr_new_frm_fp(&raw, file.get(), &cursor.ttl, &cursor.origin, &cursor.previous);
        const Rr rr(raw);
        switch (status) {
            case LDNS_STATUS_OK: {
                auto record = to_record(rr.get(), where, line_of_entry(text, before));
                if (!record) return record.error();
                records.push_back(std::move(*record));
                break;
            }
            case LDNS_STATUS_SYNTAX_EMPTY:
            case LDNS_STATUS_SYNTAX_TTL:
            case LDNS_STATUS_SYNTAX_ORIGIN: break;  // an empty line, $TTL, $ORIGIN
            default: return at(where, line_of_entry(text, before), ldns_get_errorstr_by_id(status));
        }
    }
    return records;
}

}  // namespace

Result<std::vector<Record>> read_zone_file(const std::filesystem::path& file, const Name& origin,
                                           std::uint32_t default_ttl_seconds) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) return invalid(file.string() + ": is a directory");
    const File open(std::fopen(file.c_str(), "re"));
    std::string text;
    char block[4096];
    for (std::size_t got = 1; open && got > 0 && text.size() <= max_file_size;) {
        got = std::fread(block, 1, sizeof block, open.get());
        text.append(block, got);
    }
    if (!open || std::ferror(open.get())) {
        return invalid(file.string() + ": cannot be read: " + std::strerror(errno));
    }
    if (text.size() > max_file_size) return invalid(file.string() + ": is larger than a zone file may be");
    return read_zone_text(text, file.string(), origin, default_ttl_seconds);
}

Result<std::vector<Record>> read_zone_text(std::string_view text, std::string_view where, const Name& origin,
                                           std::uint32_t default_ttl_seconds) {
    std::string copy(text);  // fmemopen refuses an empty buffer
    copy += '\n';
    return read(copy, where, origin, default_ttl_seconds);
}

}  // namespace custdkim::dns
