#include "lab/internet/zone.hpp"

#include <algorithm>

namespace custdkim::lab {

namespace {

bool same_content(const ResourceRecord& one, const ResourceRecord& other) {
    if (one.type == type::cname || one.type == type::ns || one.type == type::dname) {
        return fold_case(one.rdata) == fold_case(other.rdata);
    }
    return one.rdata == other.rdata;
}

}  // namespace

const ZoneSet* Node::find(std::uint16_t wanted) const {
    for (const ZoneSet& set : sets) {
        if (set.type == wanted) return &set;
    }
    return nullptr;
}

ZoneSet* Node::find(std::uint16_t wanted) {
    return const_cast<ZoneSet*>(static_cast<const Node*>(this)->find(wanted));
}

Zone::Zone(const WireName& apex, const std::vector<ResourceRecord>& records)
    : apex_(fold_case(apex)), apex_labels_(label_count(apex)) {
    nodes_[apex_].name = apex;
    for (const ResourceRecord& record : records) add(record);
}

const Node* Zone::find(std::string_view folded) const {
    const auto found = nodes_.find(folded);
    return found == nodes_.end() ? nullptr : &found->second;
}

Node* Zone::find(std::string_view folded) {
    return const_cast<Node*>(static_cast<const Zone*>(this)->find(folded));
}

const ResourceRecord* Zone::soa() const {
    const ZoneSet* set = top()->find(type::soa);
    return set ? &set->records.front() : nullptr;
}

void Zone::add(const ResourceRecord& record) {
    const WireName folded = fold_case(record.owner);
    if (!is_at_or_below(folded, apex_)) return;
    const Suffixes suffixes(folded), as_written(record.owner);
    for (std::size_t labels = apex_labels_ + 1; labels <= suffixes.labels(); ++labels) {
        Node& node = nodes_[WireName(suffixes.of(labels))];
        if (node.name.empty()) node.name = as_written.of(labels);
    }
    Node& node = nodes_[folded];
    ZoneSet* set = node.find(record.type);
    if (!set) {
        node.sets.push_back({record.type, {record}, {}});
        return;
    }
    for (const ResourceRecord& other : set->records) {
        if (same_content(other, record)) return;
    }
    set->records.push_back(record);
    set->records.back().ttl = set->records.front().ttl;
}

std::vector<Node*> Zone::in_order() {
    std::map<std::string, Node*> sorted;
    for (auto& [name, node] : nodes_) {
        if (!node.sets.empty()) sorted[sort_key(name)] = &node;
    }
    std::vector<Node*> nodes;
    for (const auto& entry : sorted) nodes.push_back(entry.second);
    return nodes;
}

void Zone::index_denials() {
    denials_.clear();
    for (const auto& [name, node] : nodes_) {
        if (node.find(type::nsec)) denials_[sort_key(name)] = name;
    }
}

const ZoneSet* Zone::denial_of(std::string_view folded) const {
    auto next = denials_.upper_bound(sort_key(folded));
    if (next == denials_.begin()) return nullptr;
    const Node* node = find((--next)->second);
    return node->find(type::nsec);
}

std::vector<ResourceRecord> Zone::records() const {
    std::map<std::string, const Node*> sorted;
    for (const auto& [name, node] : nodes_) sorted[sort_key(name)] = &node;
    std::vector<ResourceRecord> all;
    const auto append = [&all](const ZoneSet& set) {
        all.insert(all.end(), set.records.begin(), set.records.end());
        all.insert(all.end(), set.signatures.begin(), set.signatures.end());
    };
    if (const ZoneSet* set = top()->find(type::soa)) append(*set);
    for (const auto& entry : sorted) {
        for (const ZoneSet& set : entry.second->sets) {
            if (set.type != type::soa || entry.second != top()) append(set);
        }
    }
    return all;
}

}  // namespace custdkim::lab
