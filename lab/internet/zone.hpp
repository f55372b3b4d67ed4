// The records of one zone, by name, with the names between them that have none ("empty non-terminals",
// RFC 4592 section 2.2.2). Takes what no good server would: a CNAME beside anything. Written by one thread,
// then read by many.
#pragma once

#include <map>

#include "lab/internet/names.hpp"

namespace custdkim::lab {

// An RRset, as it stands in a zone.
struct ZoneSet {
    std::uint16_t type = 0;
    std::vector<ResourceRecord> records, signatures;
};

struct Node {
    WireName name;              // in the case of its first record
    std::vector<ZoneSet> sets;  // none: an empty non-terminal

    const ZoneSet* find(std::uint16_t type) const;
    ZoneSet* find(std::uint16_t type);
};

class Zone {
  public:
    // Records outside the zone are left out, as servers leave them out.
    Zone(const WireName& apex, const std::vector<ResourceRecord>& records);

    const WireName& apex() const { return apex_; }  // folded
    std::size_t apex_labels() const { return apex_labels_; }
    const Node* find(std::string_view folded) const;
    Node* find(std::string_view folded);
    const Node* top() const { return find(apex_); }
    const ResourceRecord* soa() const;

    // One that is there already is left out; a set has one TTL, that of its first record.
    void add(const ResourceRecord& record);

    // Names with records in the order of RFC 4034 section 6.1, and the NSEC that covers a name or stands at
    // it. Nothing where the zone has no NSEC chain.
    std::vector<Node*> in_order();
    void index_denials();
    const ZoneSet* denial_of(std::string_view folded) const;

    // In order, the SOA first, each set with its signatures.
    std::vector<ResourceRecord> records() const;

  private:
    WireName apex_;
    std::size_t apex_labels_;
    NameMap<Node> nodes_;
    std::map<std::string, WireName> denials_;  // sort key -> name
};

}  // namespace custdkim::lab
