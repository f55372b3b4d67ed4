#include "lab/internet/zone_answer.hpp"

#include <algorithm>
#include <set>

namespace custdkim::lab {

namespace {

constexpr std::uint16_t yxdomain = 6;
constexpr std::size_t most_links = 64;  // of a chain within the zone
constexpr std::size_t max_name_length = 255;

std::uint32_t big_endian_32(std::string_view octets) {
    std::uint32_t value = 0;
    for (const char octet : octets.substr(0, 4)) value = value << 8 | static_cast<std::uint8_t>(octet);
    return value;
}

class Answering {
  public:
    Answering(const Zone& zone, std::uint16_t wanted, bool dnssec, Conflicts conflicts, Message& response)
        : zone_(zone), wanted_(wanted), dnssec_(dnssec), conflicts_(conflicts), response_(response) {}

    void run(WireName name) {
        std::set<WireName> seen;
        for (std::size_t link = 0; link < most_links; ++link) {
            const std::optional<WireName> next = step(name);
            if (!next) return;
            // Elsewhere somebody else knows more; and a loop is given once round, as NSD and Knot give it.
            const WireName folded = fold_case(*next);
            if (!is_at_or_below(folded, zone_.apex())) return;
            seen.insert(fold_case(name));
            if (seen.contains(folded)) return;
            name = *next;
        }
    }

  private:
    // From the apex down to the name; where a CNAME or DNAME leads, if one does.
    std::optional<WireName> step(const WireName& name) {
        const WireName folded = fold_case(name);
        const Suffixes path(folded);
        const Node* node = zone_.top();
        for (std::size_t labels = zone_.apex_labels();; ++labels) {
            const bool exact = labels >= path.labels();
            if (labels > zone_.apex_labels() && node->find(type::ns) && !(exact && wanted_ == type::ds)) {
                refer(*node);
                return std::nullopt;
            }
            if (exact) return at(*node, name);
            if (const ZoneSet* dname = node->find(type::dname)) return redirect(*dname, node->name, name);
            const Node* next = zone_.find(path.of(labels + 1));
            if (!next) return synthesise(path.of(labels), folded, name);
            node = next;
        }
    }

    std::optional<WireName> at(const Node& node, const WireName& name) {
        const ZoneSet* cname = node.find(type::cname);
        const ZoneSet* own = node.find(wanted_);
        if (own && (!cname || is_seen_beside_cname(node))) {
            give(*own, name, response_.answer);
            return std::nullopt;
        }
        if (wanted_ == type::any && !node.sets.empty()) {
            for (const ZoneSet& set : node.sets) {
                if (!cname || is_told_beside_cname(set)) give(set, name, response_.answer);
            }
            return std::nullopt;
        }
        if (!cname) {
            give_nothing(rcode::noerror);
            prove(node.find(type::nsec) ? node.find(type::nsec) : zone_.denial_of(fold_case(name)));
            return std::nullopt;
        }
        // Of two CNAMEs one can be followed.
        ZoneSet one = *cname;
        one.records.resize(1);
        give(one, name, response_.answer);
        return target_of(one.records.front());
    }

    // The SOA of a zone is seen whatever is beside it, as PowerDNS has it.
    bool is_seen_beside_cname(const Node& node) const {
        return wanted_ == type::cname || wanted_ == type::nsec || conflicts_ == Conflicts::by_type ||
               (wanted_ == type::soa && &node == zone_.top());
    }

    // What ANY shows of a name with a CNAME: in PowerDNS nothing else that is wrong there.
    bool is_told_beside_cname(const ZoneSet& set) const {
        return set.type == type::cname || set.type == type::nsec || conflicts_ == Conflicts::by_type;
    }

    // A wildcard's records, or none at all. The closest encloser is the longest existing part of the name.
    std::optional<WireName> synthesise(std::string_view closest_encloser, const WireName& folded,
                                       const WireName& name) {
        const WireName wildcard = below("*", closest_encloser);
        if (const Node* node = zone_.find(wildcard)) {
            const auto next = at(*node, name);
            prove(zone_.denial_of(folded));  // that the name itself is not there: RFC 4035 section 3.1.3.3
            return next;
        }
        give_nothing(rcode::nxdomain);
        prove(zone_.denial_of(folded));
        prove(zone_.denial_of(wildcard));
        return std::nullopt;
    }

    std::optional<WireName> redirect(const ZoneSet& dname, const WireName& owner, const WireName& name) {
        give(dname, owner, response_.answer);
        WireName target = name.substr(0, name.size() - owner.size()) + target_of(dname.records.front());
        if (target.size() > max_name_length) {
            response_.rcode = yxdomain;
            return std::nullopt;
        }
        response_.answer.push_back({name, type::cname, dname.records.front().ttl, target});
        if (wanted_ == type::cname) return std::nullopt;
        return target;
    }

    void refer(const Node& cut) {
        if (response_.answer.empty()) response_.authoritative = false;
        const ZoneSet& servers = *cut.find(type::ns);
        response_.authority.insert(response_.authority.end(), servers.records.begin(), servers.records.end());
        if (dnssec_) {
            if (const ZoneSet* ds = cut.find(type::ds)) {
                give(*ds, cut.name, response_.authority);
            } else {
                prove(cut.find(type::nsec));
            }
        }
        for (const ResourceRecord& server : servers.records) {
            const Node* host = zone_.find(fold_case(target_of(server)));
            if (!host) continue;
            for (const ZoneSet& set : host->sets) {
                if (set.type != type::a && set.type != type::aaaa) continue;
                response_.additional.insert(response_.additional.end(), set.records.begin(),
                                            set.records.end());
            }
        }
    }

    void give_nothing(std::uint16_t rcode) {
        deny(zone_.soa(), rcode, response_);
        const ZoneSet* soa = zone_.top()->find(type::soa);
        if (!dnssec_ || !soa) return;
        for (ResourceRecord signature : soa->signatures) {
            signature.ttl = response_.authority.back().ttl;
            response_.authority.push_back(std::move(signature));
        }
    }

    void give(const ZoneSet& set, const WireName& owner, std::vector<ResourceRecord>& section) {
        const auto append = [&section, &owner](const std::vector<ResourceRecord>& records) {
            for (const ResourceRecord& record : records) {
                section.push_back({owner, record.type, record.ttl, record.rdata});
            }
        };
        append(set.records);
        if (dnssec_) append(set.signatures);
    }

    void prove(const ZoneSet* nsec) {
        if (!dnssec_ || !nsec) return;
        const auto& authority = response_.authority;
        if (std::find(authority.begin(), authority.end(), nsec->records.front()) != authority.end()) return;
        give(*nsec, nsec->records.front().owner, response_.authority);
    }

    const Zone& zone_;
    const std::uint16_t wanted_;
    const bool dnssec_;
    const Conflicts conflicts_;
    Message& response_;
};

}  // namespace

void answer_from(const Zone& zone, const Question& question, bool dnssec, Conflicts conflicts,
                 Message& response) {
    response.authoritative = true;
    Answering(zone, question.type, dnssec, conflicts, response).run(question.name);
}

std::uint32_t negative_ttl(const ResourceRecord& soa) {
    if (soa.rdata.size() < 4) return soa.ttl;
    return std::min(soa.ttl, big_endian_32(std::string_view(soa.rdata).substr(soa.rdata.size() - 4)));
}

void deny(const ResourceRecord* soa, std::uint16_t rcode, Message& response) {
    response.authoritative = true;
    response.rcode = rcode;
    if (soa) response.authority.push_back({soa->owner, soa->type, negative_ttl(*soa), soa->rdata});
}

}  // namespace custdkim::lab
