#include "lab/resolver/reading.hpp"

#include <algorithm>

namespace custdkim::lab {

namespace {

constexpr std::size_t longest_name = 255;
constexpr std::size_t most_aliases = 64;  // in one response

bool is_below(const WireName& name, const WireName& zone) {
    return name != zone && is_at_or_below(name, zone);
}

Records within(const Records& records, const WireName& zone) {
    Records kept;
    for (const ResourceRecord& record : records) {
        if (is_at_or_below(fold_case(record.owner), zone)) kept.push_back(record);
    }
    return kept;
}

Records only(const Records& records, std::initializer_list<std::uint16_t> types) {
    Records kept;
    for (const ResourceRecord& record : records) {
        const std::uint16_t type = record.type == type::rrsig ? covered_type(record) : record.type;
        if (std::find(types.begin(), types.end(), type) != types.end()) kept.push_back(record);
    }
    return kept;
}

// RFC 6672 section 2.3: the name with the DNAME's owner replaced by its target.
std::optional<ResourceRecord> synthesise(const WireName& name, const ResourceRecord& dname) {
    const WireName target = target_of(dname);
    const std::size_t kept = name.size() - dname.owner.size();
    if (target.empty() || kept + target.size() > longest_name) return std::nullopt;
    return ResourceRecord{name, type::cname, dname.ttl, name.substr(0, kept) + target};
}

Finding finding_of(const WireName& name, std::uint16_t type, const SignedSet& set) {
    Finding finding;
    finding.kind = Finding::Kind::records;
    finding.name = name;
    finding.type = type;
    finding.records = set.records;
    finding.signatures = set.signatures;
    finding.ttl = least_ttl(set.records);
    return finding;
}

// What the answer section says, from one alias to the next.
class AnswerReader {
  public:
    AnswerReader(const Records& answer, std::uint16_t type) : sets_(group(answer)), type_(type) {
        for (const ResourceRecord& record : answer) {
            if (record.type == type::rrsig) signatures_.push_back(record);
        }
    }

    std::vector<Finding> read(WireName name) {
        while (found_.size() < most_aliases) {
            if (type_ == type::any || type_ == type::rrsig) {
                if (add_everything(name)) break;
            }
            const SignedSet* set = set_at(name);
            const SignedSet* dname = dname_above(name);
            if (dname) {
                const auto alias = synthesise(name, dname->records.front());
                if (!alias) break;
                add_alias(name, {name, type::cname, {*alias}, {}});
                found_.back().dname = dname->records;
                found_.back().dname.insert(found_.back().dname.end(), dname->signatures.begin(),
                                           dname->signatures.end());
            } else if (!set) {
                break;
            } else if (set->type == type_) {
                found_.push_back(finding_of(name, type_, *set));
                if (type_ == type::cname) found_.back().records.resize(1);
                break;
            } else {
                add_alias(name, *set);
            }
            name = fold_case(target_of(found_.back().records.front()));
            if (name.empty() || was_seen(name)) break;
        }
        return std::move(found_);
    }

  private:
    // Of an alias and the type that was asked for the first counts, as in BIND. Unbound does so where the
    // alias is first; else it shows both.
    const SignedSet* set_at(const WireName& name) const {
        for (const SignedSet& set : sets_) {
            if (set.owner != name || set.records.empty()) continue;
            if (set.type == type_ || set.type == type::cname) return &set;
        }
        return nullptr;
    }

    const SignedSet* dname_above(const WireName& name) const {
        for (const SignedSet& set : sets_) {
            if (set.type == type::dname && !set.records.empty() && is_below(name, set.owner)) return &set;
        }
        return nullptr;
    }

    // Of two CNAMEs the first, as in Unbound.
    void add_alias(const WireName& name, const SignedSet& set) {
        found_.push_back(finding_of(name, type::cname, set));
        found_.back().records.resize(1);
    }

    bool add_everything(const WireName& name) {
        SignedSet all{name, type_, {}, {}};
        for (const SignedSet& set : sets_) {
            if (set.owner != name || type_ == type::rrsig) continue;
            all.records.insert(all.records.end(), set.records.begin(), set.records.end());
        }
        for (const ResourceRecord& signature : signatures_) {
            if (fold_case(signature.owner) == name) all.signatures.push_back(signature);
        }
        if (type_ == type::rrsig) std::swap(all.records, all.signatures);
        if (all.records.empty()) return false;
        found_.push_back(finding_of(name, type_, all));
        return true;
    }

    bool was_seen(const WireName& name) const {
        for (const Finding& finding : found_) {
            if (finding.name == name) return true;
        }
        return false;
    }

    std::vector<SignedSet> sets_;
    Records signatures_;
    std::uint16_t type_;
    std::vector<Finding> found_;
};

Reading denial(Finding::Kind kind, const WireName& name, std::uint16_t type, Records proof) {
    Finding finding;
    finding.kind = kind;
    finding.name = name;
    finding.type = type;
    finding.proof = std::move(proof);
    finding.ttl = negative_ttl(finding.proof).value_or(0);
    Reading reading;
    reading.kind = Reading::Kind::findings;
    reading.findings.push_back(std::move(finding));
    return reading;
}

struct Authority {
    bool denies = false, is_upward = false, is_own = false;
    WireName cut;
};

Authority read_authority(const Records& records, const WireName& zone, const WireName& name) {
    Authority authority;
    for (const ResourceRecord& record : records) {
        const WireName owner = fold_case(record.owner);
        if (record.type == type::soa && is_at_or_below(owner, zone) && is_at_or_below(name, owner)) {
            authority.denies = true;
        }
        if (record.type != type::ns) continue;
        if (owner == zone) authority.is_own = true;
        if (is_below(zone, owner)) authority.is_upward = true;
        if (is_below(owner, zone) && is_at_or_below(name, owner)) authority.cut = owner;
    }
    return authority;
}

Reading referral(const Message& response, const WireName& zone, const WireName& cut) {
    Reading reading;
    reading.kind = Reading::Kind::referral;
    reading.cut = cut;
    for (const ResourceRecord& record : response.authority) {
        if (record.type == type::ns && fold_case(record.owner) == cut) reading.name_servers.push_back(record);
    }
    for (const ResourceRecord& record : within(response.additional, zone)) {
        if (record.type == type::a || record.type == type::aaaa) reading.glue.push_back(record);
    }
    return reading;
}

}  // namespace

Reading read_response(const Message& response, const WireName& zone, const WireName& name,
                      std::uint16_t type) {
    // The upper bits, which EDNS adds, are not looked at, as in Unbound: BADVERS reads as NOERROR.
    const auto code = static_cast<std::uint16_t>(response.rcode & 15);
    if (code != rcode::noerror && code != rcode::nxdomain) return {};
    const bool is_recursive = response.recursion_available && !response.authoritative;

    Reading reading;
    reading.findings = AnswerReader(within(response.answer, zone), type).read(name);
    if (!reading.findings.empty()) {
        reading.kind = Reading::Kind::findings;
        const Records proof = only(within(response.authority, zone), {type::nsec});
        for (Finding& finding : reading.findings) finding.proof = proof;
        return is_recursive ? Reading{} : reading;
    }
    const Records proof = only(within(response.authority, zone), {type::soa, type::nsec});
    if (code == rcode::nxdomain) {
        return is_recursive ? Reading{} : denial(Finding::Kind::nxdomain, name, type, proof);
    }
    const Authority authority = read_authority(response.authority, zone, name);
    if (authority.denies) return is_recursive ? Reading{} : denial(Finding::Kind::nodata, name, type, proof);
    if (!authority.cut.empty()) {
        // What is asked above the cut is answered there; a referral to it comes with the denial of the DS.
        if (type == type::ds && authority.cut == name)
            return denial(Finding::Kind::nodata, name, type, proof);
        return referral(response, zone, authority.cut);
    }
    if (authority.is_upward || is_recursive) return {};
    reading.kind = Reading::Kind::empty;
    return reading;
}

}  // namespace custdkim::lab
