#include "lab/internet/online_signer.hpp"

namespace custdkim::lab {

namespace {

constexpr std::size_t most_signatures = 50'000;  // some 20 MB; anybody can ask for names that are not there

std::string identity(const std::vector<ResourceRecord>& set, const WireName& zone) {
    std::string text = zone + fold_case(set.front().owner) + std::to_string(set.front().type) + " " +
                       std::to_string(set.front().ttl);
    for (const ResourceRecord& record : set) {
        text += " " + std::to_string(record.rdata.size()) + " " + record.rdata;
    }
    return text;
}

}  // namespace

void OnlineSigner::give(const std::vector<ResourceRecord>& set, const WireName& zone, bool dnssec,
                        std::vector<ResourceRecord>& section) {
    section.insert(section.end(), set.begin(), set.end());
    if (dnssec) section.push_back(signature(set, zone));
}

ResourceRecord OnlineSigner::signature(const std::vector<ResourceRecord>& set, const WireName& zone) {
    const std::string wanted = identity(set, zone);
    {
        const std::lock_guard lock(mutex_);
        const auto found = known_.find(wanted);
        if (found != known_.end()) {
            ResourceRecord signature = found->second;
            signature.owner = set.front().owner;
            return signature;
        }
    }
    ResourceRecord made = key_.sign(set, zone);
    const std::lock_guard lock(mutex_);
    if (known_.size() >= most_signatures) known_.clear();
    known_.emplace(wanted, made);
    return made;
}

}  // namespace custdkim::lab
