#include "dns/dnssec.hpp"

#include <charconv>
#include <memory>
#include <vector>

#include <ldns/ldns.h>  // last: it makes macros of bool, true and false

namespace custdkim::dns {

namespace {

struct FreeRr {
    void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
};
using Rr = std::unique_ptr<ldns_rr, FreeRr>;

constexpr std::size_t longest_content = 16384;  // an RSA key of 64 kbit in base64: nobody has a larger one
constexpr unsigned zone_key = 0x0100, dnssec_protocol = 3;

// The fields of a record, without spaces; the last one takes all that is left, since base64 and hexadecimal
// digits may be in several rows. Empty if there are not that many.
std::vector<std::string> fields_of(const Record& record, std::size_t count) {
    if (record.content.size() > longest_content) return {};
    std::vector<std::string> fields(1);
    for (const char c : record.content) {
        if (c != ' ') {
            fields.back() += c;
        } else if (!fields.back().empty() && fields.size() < count) {
            fields.emplace_back();
        }
    }
    if (fields.size() != count || fields.back().empty()) return {};
    return fields;
}

std::optional<unsigned> number_of(std::string_view text, unsigned most) {
    unsigned number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number > most) return std::nullopt;
    return number;
}

bool consists_of(std::string_view text, std::string_view allowed) {
    return text.find_first_not_of(allowed) == std::string_view::npos;
}

constexpr std::string_view hex_digits = "0123456789ABCDEFabcdef";
constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

// Numbers, and digits of the kind that the record has: nothing else reaches ldns's parser.
Rr to_rr(const Record& record, std::string_view type, std::string_view digits) {
    if (record.type != type) return {};
    const auto fields = fields_of(record, 4);
    if (fields.empty() || !consists_of(fields[3], digits)) return {};
    std::string text = record.owner.text() + ". 0 IN " + std::string(type);
    for (std::size_t i = 0; i < 3; ++i) {
        if (!number_of(fields[i], i == 0 ? 0xffff : 0xff)) return {};
        text += ' ' + fields[i];
    }
    ldns_rr* rr = nullptr;
    if (ldns_rr_new_frm_str(&rr, (text + ' ' + fields[3]).c_str(), 0, nullptr, nullptr) != LDNS_STATUS_OK) {
        return {};
    }
    return Rr(rr);
}

unsigned number_in(const Rr& rr, std::size_t field) {
    const ldns_rdf* const rdf = ldns_rr_rdf(rr.get(), field);
    return ldns_rdf_size(rdf) == 2 ? ldns_rdf2native_int16(rdf) : ldns_rdf2native_int8(rdf);
}

std::optional<ldns_hash> hash_of(unsigned digest_type) {
    switch (digest_type) {
        case 1: return LDNS_SHA1;
        case 2: return LDNS_SHA256;
        case 4: return LDNS_SHA384;
        default: return std::nullopt;
    }
}

// YYYYMMDDHHMMSS, or seconds since 1970 (RFC 4034 section 3.2).
std::optional<Timestamp> time_of(std::string_view text) {
    using namespace std::chrono;
    if (!consists_of(text, "0123456789")) return std::nullopt;
    if (text.size() != 14) {
        const auto seconds = number_of(text, 0xffffffff);
        return seconds ? std::optional(Timestamp(Duration(*seconds))) : std::nullopt;
    }
    const auto part = [&](std::size_t at, std::size_t size) {
        return *number_of(text.substr(at, size), 9999);
    };
    const year_month_day date{year(static_cast<int>(part(0, 4))), month(part(4, 2)), day(part(6, 2))};
    if (!date.ok() || part(8, 2) > 23 || part(10, 2) > 59 || part(12, 2) > 59) return std::nullopt;
    return sys_days(date) + hours(part(8, 2)) + minutes(part(10, 2)) + seconds(part(12, 2));
}

}  // namespace

bool matches(const Record& ds, const Record& dnskey) {
    if (ds.owner != dnskey.owner) return false;
    const Rr wanted = to_rr(ds, "DS", hex_digits), key = to_rr(dnskey, "DNSKEY", base64_digits);
    if (!wanted || !key) return false;
    if ((number_in(key, 0) & zone_key) == 0 || number_in(key, 1) != dnssec_protocol) return false;
    if (number_in(wanted, 1) != number_in(key, 2)) return false;
    if (number_in(wanted, 0) != ldns_calc_keytag(key.get())) return false;
    const auto hash = hash_of(number_in(wanted, 2));
    if (!hash) return true;
    const Rr made(ldns_key_rr2ds(key.get(), *hash));
    return made && ldns_rdf_compare(ldns_rr_rdf(made.get(), 3), ldns_rr_rdf(wanted.get(), 3)) == 0;
}

std::optional<SignatureTimes> signature_times(const Record& rrsig) {
    if (rrsig.type != "RRSIG") return std::nullopt;
    const auto fields = fields_of(rrsig, 9);
    if (fields.empty()) return std::nullopt;
    const auto algorithm = number_of(fields[1], 0xff), key_tag = number_of(fields[6], 0xffff);
    const auto expiration = time_of(fields[4]), inception = time_of(fields[5]);
    const auto signer = Name::parse(fields[7]);
    if (!algorithm || !key_tag || !expiration || !inception || !signer) return std::nullopt;
    return SignatureTimes{fields[0], *inception, *expiration, *signer, *key_tag, *algorithm};
}

}  // namespace custdkim::dns
