#include "lab/resolver/signature.hpp"

#include <algorithm>
#include <array>

#include "lab/wire/ldns_types.hpp"

namespace custdkim::lab {

namespace {

constexpr std::size_t most_tries = 16;  // of signatures over one RRset, and of keys

struct DropList {
    void operator()(ldns_rr_list* list) const { ldns_rr_list_free(list); }
};

// Null where fields are missing: ldns would look for them.
Ldns<ldns_rr> whole(const ResourceRecord& record) {
    const auto list = to_ldns(Records{record});
    Ldns<ldns_rr> rr(ldns_rr_list_pop_rr(list.get()));
    const auto* const form = ldns_rr_descript(record.type);
    return ldns_rr_rd_count(rr.get()) < ldns_rr_descriptor_minimum(form) ? nullptr : std::move(rr);
}

Ldns<ldns_rr_list> whole_ones(const Records& keys) {
    Ldns<ldns_rr_list> list(ldns_rr_list_new());
    for (std::size_t i = 0; i < std::min(keys.size(), most_tries); ++i) {
        if (auto key = whole(keys[i])) ldns_rr_list_push_rr(list.get(), key.release());
    }
    return list;
}

unsigned octet(const std::string& data, std::size_t at) {
    return at < data.size() ? static_cast<unsigned char>(data[at]) : 0U;
}

std::uint32_t number32(const std::string& data, std::size_t at) {
    return octet(data, at) << 24 | octet(data, at + 1) << 16 | octet(data, at + 2) << 8 | octet(data, at + 3);
}

std::size_t labels_of(const WireName& owner) {
    const bool is_wildcard = owner.size() > 1 && owner[0] == 1 && owner[1] == '*';
    return label_count(owner) - (is_wildcard ? 1 : 0);
}

Verdict verdict_on(ldns_status status) {
    if (status == LDNS_STATUS_CRYPTO_SIG_EXPIRED) return bogus(7, "signature expired");
    if (status == LDNS_STATUS_CRYPTO_SIG_NOT_INCEPTED) return bogus(8, "signature before inception date");
    return bogus(6, "signature crypto failed");
}

// RFC 4034 section 3.1.5: serial arithmetic.
Duration time_left(const ResourceRecord& signature, Timestamp now) {
    const auto seconds = static_cast<std::uint32_t>(now.time_since_epoch().count());
    return Duration(static_cast<std::int32_t>(number32(signature.rdata, 8) - seconds));
}

}  // namespace

WireName signer_of(const ResourceRecord& signature) {
    constexpr std::size_t start = 18;
    if (signature.type != type::rrsig) return {};
    std::size_t at = start;
    while (octet(signature.rdata, at) != 0) at += octet(signature.rdata, at) + 1;
    if (at >= signature.rdata.size()) return {};
    return fold_case(signature.rdata.substr(start, at + 1 - start));
}

Verified verify(const SignedSet& set, const WireName& zone, const Records& keys, Timestamp now) {
    const auto records = to_ldns(set.records), key_list = whole_ones(keys);
    if (set.signatures.empty()) return {bogus(10, "no signatures"), {}};
    Verified last{bogus(6, "no signature by a key of the zone"), {}};
    for (std::size_t i = 0; i < std::min(set.signatures.size(), most_tries); ++i) {
        const ResourceRecord& signature = set.signatures[i];
        const std::size_t labels = octet(signature.rdata, 3);
        // By the zone's own key, and not over a longer name than the owner's.
        if (signer_of(signature) != zone || labels > labels_of(set.owner)) continue;
        const auto rr = whole(signature);
        if (!rr) continue;
        const std::unique_ptr<ldns_rr_list, DropList> good(ldns_rr_list_new());
        const ldns_status status = ldns_verify_rrsig_keylist_time(records.get(), rr.get(), key_list.get(),
                                                                  now.time_since_epoch().count(), good.get());
        if (status == LDNS_STATUS_OK) {
            last.verdict = {Security::secure, 0, {}, time_left(signature, now)};
            if (labels < labels_of(set.owner)) last.expanded_below = labels;
            return last;
        }
        last.verdict = verdict_on(status);
    }
    return last;
}

bool is_supported(const ResourceRecord& ds) {
    constexpr std::array algorithms{5U, 7U, 8U, 10U, 13U, 14U, 15U, 16U};
    constexpr std::array digests{1U, 2U, 4U};
    return std::find(algorithms.begin(), algorithms.end(), octet(ds.rdata, 2)) != algorithms.end() &&
           std::find(digests.begin(), digests.end(), octet(ds.rdata, 3)) != digests.end();
}

Records keys_matching(const Records& keys, const Records& ds_set) {
    Records matching;
    for (std::size_t i = 0; i < std::min(keys.size(), most_tries); ++i) {
        const auto key = whole(keys[i]);
        // The Zone Key flag must be set (RFC 4034 section 2.1.1).
        if (!key || (octet(keys[i].rdata, 0) & 1) == 0) continue;
        for (const ResourceRecord& ds : ds_set) {
            if (!is_supported(ds) || octet(ds.rdata, 2) != octet(keys[i].rdata, 3)) continue;
            const Ldns<ldns_rr> made(ldns_key_rr2ds(key.get(), static_cast<ldns_hash>(octet(ds.rdata, 3))));
            if (!made || from_ldns(made.get()).rdata != ds.rdata) continue;
            matching.push_back(keys[i]);
            break;
        }
    }
    return matching;
}

Result<ResourceRecord> read_trust_anchor(const std::string& line) {
    ldns_rr* raw = nullptr;
    const ldns_status status = ldns_rr_new_frm_str(&raw, line.c_str(), 3600, nullptr, nullptr);
    Ldns<ldns_rr> rr(raw);
    if (status != LDNS_STATUS_OK) rr.reset();
    if (rr && ldns_rr_get_type(rr.get()) == LDNS_RR_TYPE_DNSKEY)
        rr.reset(ldns_key_rr2ds(rr.get(), LDNS_SHA256));
    if (!rr || ldns_rr_get_type(rr.get()) != LDNS_RR_TYPE_DS) {
        return invalid("the trust anchor \"" + line +
                       "\" is not a DS or DNSKEY record; give one as a zone-file line");
    }
    ResourceRecord anchor = from_ldns(rr.get());
    if (label_count(anchor.owner) != 0) {
        return invalid("the trust anchor \"" + line + "\" is not the root's; give the root's DS record");
    }
    return anchor;
}

}  // namespace custdkim::lab
