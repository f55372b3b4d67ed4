#include "lab/resolver/validator.hpp"

#include <algorithm>
#include <stdexcept>

#include "lab/resolver/denial.hpp"

namespace custdkim::lab {

namespace {

constexpr std::uint32_t bogus_ttl = 60;  // as in Unbound
constexpr std::uint16_t dnskey_missing = 9, signatures_missing = 10, nsec_missing = 12;

const WireName root(1, '\0');

Verdict combine(const Verdict& left, const Verdict& right) {
    if (left == Security::bogus) return left;
    if (right == Security::bogus) return right;
    Verdict worse = left == Security::insecure ? left : right;
    worse.lasts = std::min(left.lasts, right.lasts);
    return worse;
}

// The NSEC records that may be relied on; bogus where one of them or the SOA does not verify.
struct Proof {
    Records nsec;
    Verdict verdict{Security::secure, 0, {}};
};

Proof verify_proof(const Records& records, const WireName& zone, const Records& keys, Timestamp now) {
    Proof proof;
    for (const SignedSet& set : group(records)) {
        if (set.records.empty()) continue;
        const Verified verified = verify(set, zone, keys, now);
        proof.verdict = combine(proof.verdict, verified.verdict);
        // One that a wildcard was expanded for says nothing about the name it was expanded to.
        if (set.type != type::nsec || verified.expanded_below) continue;
        proof.nsec.insert(proof.nsec.end(), set.records.begin(), set.records.end());
    }
    return proof;
}

// The zone that claims to have signed something at or below it.
WireName signer_above(const Records& signatures, const WireName& name) {
    for (const ResourceRecord& signature : signatures) {
        const WireName signer = signer_of(signature);
        if (!signer.empty() && is_at_or_below(name, signer)) return signer;
    }
    return {};
}

// Where the search for a cut begins, for what is not signed: a DS is its parent's.
WireName home_of(const WireName& name, std::uint16_t type) { return type == type::ds ? parent(name) : name; }

std::vector<SignedSet> sets_of(const Finding& finding) {
    if (!finding.dname.empty()) return group(finding.dname);
    Records all = finding.records;
    all.insert(all.end(), finding.signatures.begin(), finding.signatures.end());
    return group(all);
}

WireName last_labels(const WireName& name, std::size_t count) {
    WireName last = name;
    while (label_count(last) > count) last = parent(last);
    return last;
}

}  // namespace

Validator::Validator(Iteration& iteration, const std::string& trust_anchor, const ResolverSettings& settings)
    : iteration_(iteration), settings_(settings), trusts_(settings.max_entries) {
    if (trust_anchor.empty()) return;
    const auto anchor = read_trust_anchor(trust_anchor);
    if (!anchor) throw std::invalid_argument(anchor.error().detail);
    anchor_.push_back(*anchor);
}

FindingPointer Validator::judge(const FindingPointer& finding, Work& work) {
    auto judged = std::make_shared<Finding>(*finding);
    const bool is_positive = finding->kind == Finding::Kind::records;
    judged->verdict = is_positive ? judge_records(*finding, work) : judge_denial(*finding, work);
    const Duration age = std::max(work.now - finding->stored, Duration(0));
    if (judged->verdict.lasts < Duration(judged->ttl) - age) {
        judged->ttl = static_cast<std::uint32_t>((age + judged->verdict.lasts).count());
    }
    if (judged->verdict == Security::bogus) {
        judged->ttl = std::min(judged->ttl, static_cast<std::uint32_t>(age.count()) + bogus_ttl);
    }
    iteration_.keep(judged);
    return judged;
}

Verdict Validator::judge_records(const Finding& finding, Work& work) {
    Verdict verdict{Security::secure, 0, {}};
    if (finding.type == type::rrsig) return {Security::insecure, 0, {}};
    for (const SignedSet& set : sets_of(finding)) {
        if (!set.records.empty()) verdict = combine(verdict, judge_set(set, finding.proof, work));
    }
    return verdict;
}

Verdict Validator::judge_set(const SignedSet& set, const Records& proof, Work& work) {
    const WireName signer = signer_above(set.signatures, set.owner);
    const TrustPointer trust = trust_in(signer.empty() ? home_of(set.owner, set.type) : signer, work);
    if (!(trust->verdict == Security::secure)) return trust->verdict;
    if (signer.empty()) return bogus(signatures_missing, "no signatures");
    const Verified verified = verify(set, trust->zone, trust->keys, work.now);
    if (!(verified.verdict == Security::secure) || !verified.expanded_below) return verified.verdict;
    const Proof absence = verify_proof(proof, trust->zone, trust->keys, work.now);
    if (proves_expansion(absence.nsec, set.owner, *verified.expanded_below)) {
        return combine(verified.verdict, absence.verdict);
    }
    return bogus(nsec_missing, "nothing proves that the wildcard applies");
}

Verdict Validator::judge_denial(const Finding& finding, Work& work) {
    Records signatures;
    for (const ResourceRecord& record : finding.proof) {
        if (record.type == type::rrsig) signatures.push_back(record);
    }
    const WireName signer = signer_above(signatures, finding.name);
    const TrustPointer trust = trust_in(signer.empty() ? home_of(finding.name, finding.type) : signer, work);
    if (!(trust->verdict == Security::secure)) return trust->verdict;
    if (signer.empty()) return bogus(signatures_missing, "no signatures");
    const Proof proof = verify_proof(finding.proof, trust->zone, trust->keys, work.now);
    if (!(proof.verdict == Security::secure)) return proof.verdict;
    const bool proven = finding.kind == Finding::Kind::nxdomain
                            ? proves_no_name(proof.nsec, finding.name)
                            : proves_no_type(proof.nsec, finding.name, finding.type);
    return proven ? proof.verdict : bogus(nsec_missing, "the NSEC records do not prove it");
}

// Down from the root, label by label: whether there is a cut, says the DS or the proof that there is none.
Validator::TrustPointer Validator::trust_in(const WireName& name, Work& work) {
    TrustPointer trust = trusts_.find(root, work.now);
    if (!trust) {
        trust = trust_by_keys(root, anchor_, work.now + settings_.max_ttl, work);
        trusts_.put(root, trust, trust->until);
    }
    const std::size_t depth = label_count(name);
    for (std::size_t labels = 1; labels <= depth && trust->verdict == Security::secure; ++labels) {
        const WireName at = last_labels(name, labels);
        TrustPointer next = trusts_.find(at, work.now);
        if (!next) {
            next = step_down(trust, at, work);
            trusts_.put(at, next, next->until);
        }
        trust = next;
    }
    return trust;
}

Validator::TrustPointer Validator::step_down(const TrustPointer& above, const WireName& name, Work& work) {
    const FindingPointer found = iteration_.find(name, type::ds, work);
    const Timestamp until = std::min(above->until, found->stored + Duration(found->ttl));
    if (found->kind == Finding::Kind::failure) {
        return distrust(name, bogus(0, "the DS could not be asked for"), work.now);
    }
    if (found->kind == Finding::Kind::records && found->type == type::ds) {
        return step_by_ds(*above, *found, work);
    }
    Trust here = *above;
    if (found->kind == Finding::Kind::records) {  // an alias: no cut
        for (const SignedSet& set : sets_of(*found)) {
            const Verdict verdict = verify(set, above->zone, above->keys, work.now).verdict;
            if (!(verdict == Security::secure)) return distrust(name, verdict, work.now);
        }
    } else {
        const Proof proof = verify_proof(found->proof, above->zone, above->keys, work.now);
        if (!(proof.verdict == Security::secure)) return distrust(name, proof.verdict, work.now);
        const Cut cut = cut_at(proof.nsec, name);
        if (cut == Cut::unproven) {
            return distrust(name, bogus(nsec_missing, "nothing proves that there is no DS"), work.now);
        }
        if (cut == Cut::insecure) here = {name, {Security::insecure, 0, {}}, {}, {}};
    }
    here.until = until;
    return std::make_shared<const Trust>(std::move(here));
}

Validator::TrustPointer Validator::step_by_ds(const Trust& above, const Finding& ds, Work& work) {
    const SignedSet set{ds.name, type::ds, ds.records, ds.signatures};
    const Verdict verdict = verify(set, above.zone, above.keys, work.now).verdict;
    if (!(verdict == Security::secure)) return distrust(ds.name, verdict, work.now);
    Timestamp until = std::min(above.until, ds.stored + Duration(ds.ttl));
    until = std::min(until, work.now + verdict.lasts);
    // RFC 4035 section 5.2: where no DS can be used, the zone counts as unsigned.
    if (std::none_of(ds.records.begin(), ds.records.end(), is_supported)) {
        return std::make_shared<const Trust>(Trust{ds.name, {Security::insecure, 0, {}}, {}, until});
    }
    return trust_by_keys(ds.name, ds.records, until, work);
}

Validator::TrustPointer Validator::trust_by_keys(const WireName& zone, const Records& ds_set, Timestamp until,
                                                 Work& work) {
    const FindingPointer found = iteration_.find(zone, type::dnskey, work);
    if (found->kind != Finding::Kind::records || found->type != type::dnskey) {
        return distrust(zone, bogus(dnskey_missing, "no DNSKEY records"), work.now);
    }
    const Records entry = keys_matching(found->records, ds_set);
    if (entry.empty()) return distrust(zone, bogus(dnskey_missing, "no DNSKEY matches the DS"), work.now);
    const SignedSet set{zone, type::dnskey, found->records, found->signatures};
    const Verdict verdict = verify(set, zone, entry, work.now).verdict;
    if (!(verdict == Security::secure)) return distrust(zone, verdict, work.now);
    until = std::min({until, found->stored + Duration(found->ttl), work.now + verdict.lasts});
    return std::make_shared<const Trust>(Trust{zone, verdict, found->records, until});
}

Validator::TrustPointer Validator::distrust(const WireName& zone, Verdict verdict, Timestamp now) const {
    const Duration lasts = verdict.extended_error == 0 ? settings_.servfail_ttl : Duration(bogus_ttl);
    return std::make_shared<const Trust>(Trust{zone, std::move(verdict), {}, now + lasts});
}

}  // namespace custdkim::lab
