#include "dns/zone_file.hpp"

#include <algorithm>
#include <functional>
#include <memory>

#include "dns/presentation.hpp"
#include "dns/zone_entries.hpp"

#include <ldns/ldns.h>  // last: it makes macros of bool, true and false

namespace custdkim::dns {

namespace {

// The types that PowerDNS 4.7 knows by name. A mnemonic that it does not know it takes for an empty
// non-terminal; so all others are written as RFC 3597 has them.
constexpr std::uint16_t known_to_powerdns[] = {
    1,  2,  5,  6,  7,  8,  9,  12, 13, 14,  15,  16,  17,  18,  24,  25,  28,  29,
    33, 35, 36, 37, 38, 39, 42, 43, 44, 45,  46,  47,  48,  49,  50,  51,  52,  53,
    57, 59, 60, 61, 62, 63, 64, 65, 99, 104, 105, 106, 107, 108, 109, 256, 257, 32769};

constexpr std::size_t max_string_length = 255;
constexpr std::uint32_t max_ttl = 2147483647;  // RFC 2181 section 8

std::string take(char* raw) {
    const std::unique_ptr<char, decltype(&std::free)> owner(raw, &std::free);
    return raw ? std::string(raw) : std::string();
}

std::string octets_of(const ldns_rr& rr) {
    const std::unique_ptr<ldns_buffer, decltype(&ldns_buffer_free)> wire(ldns_buffer_new(LDNS_MAX_PACKETLEN),
                                                                         &ldns_buffer_free);
    if (!wire || ldns_rr_rdata2buffer_wire(wire.get(), &rr) != LDNS_STATUS_OK) return {};
    return {reinterpret_cast<const char*>(ldns_buffer_begin(wire.get())), ldns_buffer_position(wire.get())};
}

// As a type that nobody knows (RFC 3597 section 5).
std::string generic_content(const ldns_rr& rr) {
    const std::string octets = octets_of(rr);
    return "\\# " + std::to_string(octets.size()) + (octets.empty() ? "" : " " + to_hex(octets));
}

bool is_known_to_powerdns(const ldns_rr& rr) {
    return std::find(std::begin(known_to_powerdns), std::end(known_to_powerdns), ldns_rr_get_type(&rr)) !=
           std::end(known_to_powerdns);
}

// As ldns writes it, but for the quotes in names, and the type of a certificate: PowerDNS reads that as a
// number only.
std::string text_of(const ldns_rdf& field) {
    if (ldns_rdf_get_type(&field) == LDNS_RDF_TYPE_CERT_ALG)
        return std::to_string(ldns_rdf2native_int16(&field));
    if (ldns_rdf_get_type(&field) == LDNS_RDF_TYPE_DNAME)
        return with_escaped_quotes(take(ldns_rdf2str(&field)));
    return take(ldns_rdf2str(&field));
}

std::string content_of(const ldns_rr& rr) {
    std::string content;
    for (std::size_t i = 0; i < ldns_rr_rd_count(&rr); ++i) {
        if (i != 0) content += ' ';
        content += text_of(*ldns_rr_rdf(&rr, i));
    }
    while (content.ends_with(' ')) content.pop_back();  // behind the last of a list
    return content;
}

// "10 0 2 . KEY" of an IPSECKEY without gateway (RFC 4025 section 3.1) is "10 0 2 KEY" for PowerDNS, which
// would otherwise answer SERVFAIL for the name, and break off transfers of the zone.
std::string without_no_gateway(std::string content) {
    const std::size_t type = content.find(' ') + 1, gateway = content.find(" . ", type);
    if (content.compare(type, 2, "0 ") == 0 && gateway != std::string::npos) content.erase(gateway, 2);
    return content;
}

std::string content_for_powerdns(const ldns_rr& rr) {
    std::string content = content_of(rr);
    return ldns_rr_get_type(&rr) == LDNS_RR_TYPE_IPSECKEY ? without_no_gateway(std::move(content)) : content;
}

// What ldns may read otherwise than anybody means it: octets of RFC 3597, of which too few for their type
// pass, and control characters, of which it takes some for spaces: "DS 3 13 2 \f" gets an empty digest.
bool is_doubtful(std::string_view data) {
    return data.starts_with("\\#") ||
           std::any_of(data.begin(), data.end(), [](char c) { return (c < ' ' && c != '\t') || c > '~'; });
}

// Whether what has been read can be written, and is read again; and has as many octets as it says.
bool is_whole(ZoneRecordText text, const ldns_rr& rr) {
    if (!is_doubtful(text.data)) return true;
    if (text.data.starts_with("\\#") && octets_of(rr).size() != std::stoul(text.data.substr(2))) return false;
    if (!is_known_to_powerdns(rr)) return true;
    text.data = content_of(rr);
    return !text.data.empty() && parse_entry(text).has_value();
}

Error not_whole(const ZoneRecordText& text) { return invalid("the data are not those of a " + text.type); }

// ALIAS and LUA are PowerDNS's own: it makes other records of them.
Result<std::optional<Record>> to_own_record(const ZoneRecordText& text) {
    if (text.type != "ALIAS" && text.type != "LUA") return std::optional<Record>();
    auto owner = Name::parse(text.owner);
    if (!owner) return owner.error();
    std::string content = text.data;
    if (text.type == "ALIAS") {
        ZoneRecordText as_cname = text;
        as_cname.type = "CNAME";
        const auto parsed = parse_entry(as_cname);
        if (!parsed) return parsed.error();
        if (!is_whole(as_cname, **parsed)) return not_whole(text);
        content = content_of(**parsed);
    }
    return std::optional(Record{std::move(*owner), text.type, text.ttl_seconds, std::move(content)});
}

// A string of a TXT has 255 octets at most (RFC 1035 section 3.3.14). People write longer ones, and PowerDNS,
// among others, takes them as several.
std::string with_short_strings(std::string_view data) {
    std::string text;
    bool quoted = false;
    for (std::size_t i = 0, octets = 0; i < data.size(); ++i) {
        if (data[i] == '"' || (data[i] == ' ' && !quoted)) {
            if (data[i] == '"') quoted = !quoted;
            octets = 0;
            text += data[i];
            continue;
        }
        if (octets++ == max_string_length) {
            text += quoted ? "\" \"" : " ";
            octets = 1;
        }
        const bool is_decimal =
            data[i] == '\\' && i + 1 < data.size() && data[i + 1] >= '0' && data[i + 1] <= '9';
        const std::size_t length = is_decimal ? 4 : data[i] == '\\' ? 2 : 1;
        text += data.substr(i, length);
        i += length - 1;
    }
    return text;
}

// The value of a CAA may be written without quotes (RFC 8659 section 4.1.1); ldns wants them.
std::string with_quoted_end(std::string_view data) {
    const std::size_t last = data.rfind(' ') + 1;
    if (last == 0 || data.ends_with('"')) return std::string(data);
    return std::string(data.substr(0, last)) + '"' + std::string(data.substr(last)) + '"';
}

// As ldns reads it, what people write otherwise.
void adapt(ZoneRecordText& text) {
    if (text.data.starts_with("\\#")) return;
    switch (ldns_get_rr_type_by_name(text.type.c_str())) {
        case LDNS_RR_TYPE_TXT:
        case LDNS_RR_TYPE_SPF: text.data = with_short_strings(text.data); break;
        case LDNS_RR_TYPE_CAA: text.data = with_quoted_end(text.data); break;
        default: break;
    }
}

Result<Record> to_record(ZoneRecordText text) {
    if (text.ttl_seconds > max_ttl) return invalid("a TTL has 2147483647 seconds at most");
    // ldns would make a record of another type of it, or one that nobody meant (RFC 3597 section 5).
    if (text.data.empty()) return invalid(text.type + " needs data");
    auto own = to_own_record(text);
    if (!own) return own.error();
    if (*own) return std::move(**own);
    adapt(text);
    const auto rr = parse_entry(text);
    if (!rr) return rr.error();
    auto owner = Name::parse(take(ldns_rdf2str(ldns_rr_owner(rr->get()))));
    if (!owner) return owner.error();
    if (!is_whole(text, **rr)) return not_whole(text);
    if (!is_known_to_powerdns(**rr)) {
        return Record{std::move(*owner), "TYPE" + std::to_string(ldns_rr_get_type(rr->get())),
                      text.ttl_seconds, generic_content(**rr)};
    }
    return Record{std::move(*owner), take(ldns_rr_type2str(ldns_rr_get_type(rr->get()))), text.ttl_seconds,
                  content_for_powerdns(**rr)};
}

ZoneRecordVisitor as_records(const RecordVisitor& visitor) {
    return [&visitor](const ZoneRecordText& text) -> Result<void> {
        auto record = to_record(text);
        if (!record) return record.error();
        return visitor(std::move(*record));
    };
}

ZoneReading reading_of(const Name& origin, std::optional<std::uint32_t> default_ttl_seconds) {
    return {origin.text() + ".", default_ttl_seconds};
}

RecordVisitor append_to(std::vector<Record>& records) {
    return [&records](Record record) -> Result<void> {
        records.push_back(std::move(record));
        return {};
    };
}

}  // namespace

Result<std::vector<Record>> read_zone_file(const std::filesystem::path& file, const Name& origin,
                                           std::uint32_t default_ttl_seconds) {
    std::vector<Record> records;
    const RecordVisitor append = append_to(records);
    const auto read = read_zone_records(file, reading_of(origin, default_ttl_seconds), as_records(append));
    if (!read) return read.error();
    return records;
}

Result<std::vector<Record>> read_zone_text(std::string_view text, std::string_view where, const Name& origin,
                                           std::uint32_t default_ttl_seconds) {
    std::vector<Record> records;
    const RecordVisitor append = append_to(records);
    const auto read =
        read_zone_records(text, where, reading_of(origin, default_ttl_seconds), as_records(append));
    if (!read) return read.error();
    return records;
}

Result<void> each_zone_record(const std::filesystem::path& file, const Name& origin,
                              const RecordVisitor& visitor) {
    return read_zone_records(file, reading_of(origin, {}), as_records(visitor));
}

}  // namespace custdkim::dns
