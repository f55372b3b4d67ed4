#include "lab/resolver/finding.hpp"

#include <algorithm>

namespace custdkim::lab {

Verdict bogus(std::uint16_t extended_error, std::string reason) {
    return {Security::bogus, extended_error, std::move(reason)};
}

bool leads_on(const Finding& finding, std::uint16_t asked_type) {
    return finding.kind == Finding::Kind::records && finding.type == type::cname &&
           asked_type != type::cname && asked_type != type::any;
}

std::string cache_key(const WireName& folded, std::uint16_t type) {
    std::string key;
    key.reserve(folded.size() + 2);
    key.append(folded);
    key.push_back(static_cast<char>(type >> 8));
    key.push_back(static_cast<char>(type & 0xff));
    return key;
}

std::uint16_t covered_type(const ResourceRecord& signature) {
    if (signature.type != type::rrsig || signature.rdata.size() < 2) return 0;
    const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(signature.rdata[at]); };
    return static_cast<std::uint16_t>(octet(0) << 8 | octet(1));
}

std::uint32_t sane_ttl(std::uint32_t ttl) { return ttl >> 31 ? 0 : ttl; }

std::uint32_t least_ttl(const Records& records) {
    std::uint32_t least = records.empty() ? 0 : UINT32_MAX;
    for (const ResourceRecord& record : records) least = std::min(least, sane_ttl(record.ttl));
    return least;
}

std::optional<std::uint32_t> negative_ttl(const Records& proof) {
    for (const ResourceRecord& record : proof) {
        if (record.type != type::soa || record.rdata.size() < 4) continue;
        std::uint32_t minimum = 0;
        for (std::size_t i = record.rdata.size() - 4; i < record.rdata.size(); ++i) {
            minimum = minimum << 8 | static_cast<unsigned char>(record.rdata[i]);
        }
        return std::min(sane_ttl(record.ttl), sane_ttl(minimum));
    }
    return std::nullopt;
}

std::vector<SignedSet> group(const Records& records) {
    std::vector<SignedSet> sets;
    const auto set_of = [&](const WireName& owner, std::uint16_t type) -> SignedSet& {
        for (SignedSet& set : sets) {
            if (set.type == type && set.owner == owner) return set;
        }
        return sets.emplace_back(SignedSet{owner, type, {}, {}});
    };
    for (const ResourceRecord& record : records) {
        if (record.type == type::rrsig) continue;
        set_of(fold_case(record.owner), record.type).records.push_back(record);
    }
    for (const ResourceRecord& record : records) {
        if (record.type == type::rrsig) {
            set_of(fold_case(record.owner), covered_type(record)).signatures.push_back(record);
        }
    }
    return sets;  // signatures over nothing make sets without records
}

}  // namespace custdkim::lab
