#include "lab/resolver/denial.hpp"

#include <algorithm>

namespace custdkim::lab {

namespace {

struct Nsec {
    WireName owner, next;
    std::string bitmap;

    // RFC 4034 section 4.1.2.
    bool has(std::uint16_t type) const {
        const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(bitmap[i]); };
        for (std::size_t at = 0; at + 2 <= bitmap.size();) {
            const std::size_t window = octet(at), size = octet(at + 1), bit = type & 0xff;
            if (at + 2 + size > bitmap.size()) return false;
            if (window == static_cast<std::size_t>(type >> 8)) {
                return bit / 8 < size && (octet(at + 2 + bit / 8) & (0x80 >> (bit % 8))) != 0;
            }
            at += 2 + size;
        }
        return false;
    }

    bool is_delegation() const { return has(type::ns) && !has(type::soa); }

    // Strictly between the two; the last NSEC of a zone points back to the apex.
    bool covers(const WireName& name) const {
        if (compare_canonically(owner, name) >= 0) return false;
        if (compare_canonically(owner, next) < 0) return compare_canonically(name, next) < 0;
        return is_at_or_below(name, next);
    }

    // Whether the name belongs to the zone of this NSEC, and not below a cut or a DNAME in it.
    bool speaks_for(const WireName& name) const {
        if (name == owner || !is_at_or_below(name, owner)) return true;
        return !is_delegation() && !has(type::dname);
    }
};

std::vector<Nsec> read(const Records& records) {
    std::vector<Nsec> all;
    for (const ResourceRecord& record : records) {
        if (record.type != type::nsec) continue;
        std::size_t at = 0;
        while (at < record.rdata.size() && record.rdata[at] != 0) {
            at += static_cast<unsigned char>(record.rdata[at]) + 1U;
        }
        if (at >= record.rdata.size()) continue;
        all.push_back({fold_case(record.owner), fold_case(record.rdata.substr(0, at + 1)),
                       record.rdata.substr(at + 1)});
    }
    return all;
}

std::vector<std::string> labels_from_root(const WireName& name) {
    std::vector<std::string> labels;
    for (std::size_t at = 0; at < name.size() && name[at] != 0;) {
        const std::size_t size = static_cast<unsigned char>(name[at]);
        labels.push_back(name.substr(at + 1, size));
        at += size + 1;
    }
    std::reverse(labels.begin(), labels.end());
    return labels;
}

const Nsec* covering(const std::vector<Nsec>& all, const WireName& name) {
    for (const Nsec& nsec : all) {
        if (nsec.covers(name) && nsec.speaks_for(name)) return &nsec;
    }
    return nullptr;
}

const Nsec* matching(const std::vector<Nsec>& all, const WireName& name) {
    for (const Nsec& nsec : all) {
        if (nsec.owner == name) return &nsec;
    }
    return nullptr;
}

// The deepest name above this one that the covering NSEC shows to exist.
WireName closest_encloser(const Nsec& cover, const WireName& name) {
    for (WireName above = parent(name);; above = parent(above)) {
        if (is_at_or_below(cover.owner, above) || is_at_or_below(cover.next, above)) return above;
    }
}

WireName wildcard(const WireName& encloser) { return std::string("\1*", 2) + encloser; }

bool lacks(const Nsec& nsec, std::uint16_t type) {
    if (nsec.has(type) || nsec.has(type::cname)) return false;
    // Of a cut there are two: the parent's speaks about the DS, the child's about all else.
    if (type == type::ds) return !nsec.has(type::soa) || label_count(nsec.owner) == 0;
    return !nsec.is_delegation();
}

}  // namespace

int compare_canonically(const WireName& left, const WireName& right) {
    const auto a = labels_from_root(left), b = labels_from_root(right);
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        if (const int order = a[i].compare(b[i])) return order;  // as unsigned octets: char_traits<char>
    }
    return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

bool proves_no_name(const Records& nsec, const WireName& name) {
    const auto all = read(nsec);
    const Nsec* cover = covering(all, name);
    if (!cover || is_at_or_below(cover->next, name)) return false;  // an empty non-terminal is there
    return covering(all, wildcard(closest_encloser(*cover, name))) != nullptr;
}

bool proves_no_type(const Records& nsec, const WireName& name, std::uint16_t type) {
    const auto all = read(nsec);
    if (const Nsec* match = matching(all, name)) return lacks(*match, type);
    const Nsec* cover = covering(all, name);
    if (!cover) return false;
    if (is_at_or_below(cover->next, name)) return true;
    const Nsec* source = matching(all, wildcard(closest_encloser(*cover, name)));
    return source && lacks(*source, type);
}

bool proves_expansion(const Records& nsec, const WireName& name, std::size_t labels) {
    const auto all = read(nsec);
    const Nsec* cover = covering(all, name);
    return cover && !is_at_or_below(cover->next, name) &&
           label_count(closest_encloser(*cover, name)) <= labels;
}

Cut cut_at(const Records& nsec, const WireName& name) {
    const auto all = read(nsec);
    if (const Nsec* match = matching(all, name)) {
        if (!lacks(*match, type::ds) && !match->has(type::cname)) return Cut::unproven;
        return match->is_delegation() ? Cut::insecure : Cut::none;
    }
    return covering(all, name) ? Cut::none : Cut::unproven;
}

}  // namespace custdkim::lab
