#include "fake_world.hpp"

#include <algorithm>

#include "lab/wire/ldns_types.hpp"
#include "lab/wire/zone_text.hpp"

namespace custdkim::lab::test {

namespace {

using Records = FakeWorld::Records;

Records at(const Records& zone, const WireName& owner, std::uint16_t type) {
    Records found;
    for (const ResourceRecord& record : zone) {
        const bool covers = record.type == type::rrsig && type != type::any &&
                            (static_cast<unsigned char>(record.rdata[0]) << 8 |
                             static_cast<unsigned char>(record.rdata[1])) == type;
        if (fold_case(record.owner) != owner) continue;
        if (record.type == type || type == type::any || covers) found.push_back(record);
    }
    const bool only_signatures = std::all_of(found.begin(), found.end(), [&](const ResourceRecord& record) {
        return record.type == type::rrsig && type != type::rrsig;
    });
    return only_signatures && type != type::any ? Records{} : found;
}

void append(Records& to, const Records& from, bool with_signatures) {
    for (const ResourceRecord& record : from) {
        if (record.type != type::rrsig || with_signatures) to.push_back(record);
    }
}

bool has_below(const Records& zone, const WireName& owner) {
    return std::any_of(zone.begin(), zone.end(), [&](const ResourceRecord& record) {
        return is_at_or_below(fold_case(record.owner), owner);
    });
}

// One zone's answer, the NSEC records all at once: the validator finds those it needs.
class ZoneAnswer {
  public:
    ZoneAnswer(const Records& zone, const WireName& origin, Message& response, bool dnssec_ok)
        : zone_(zone), origin_(origin), response_(response), dnssec_ok_(dnssec_ok) {}

    void fill(WireName owner, std::uint16_t type) {
        for (unsigned hops = 0; hops < 200 && is_at_or_below(owner, origin_); ++hops) {
            if (refer(owner, type)) return;
            const Records found = at(zone_, owner, type), alias = at(zone_, owner, type::cname);
            if (!alias.empty() && type != type::any) {
                append(response_.answer, alias, dnssec_ok_);
                if (type == type::cname) return;
                owner = fold_case(target_of(alias.front()));
                continue;
            }
            if (!found.empty()) return append(response_.answer, found, dnssec_ok_);
            if (alias_by_dname(owner)) continue;
            if (!has_below(zone_, owner) && expand(owner, type)) return;
            deny(has_below(zone_, owner) ? rcode::noerror : rcode::nxdomain);
            return;
        }
    }

  private:
    bool refer(const WireName& owner, std::uint16_t type) {
        for (WireName cut = type == type::ds ? parent(owner) : owner;
             is_at_or_below(cut, origin_) && cut != origin_; cut = parent(cut)) {
            const Records servers = at(zone_, cut, type::ns);
            if (servers.empty()) continue;
            response_.authoritative = !response_.answer.empty();
            append(response_.authority, servers, false);
            for (const ResourceRecord& server : servers) {
                append(response_.additional, at(zone_, fold_case(target_of(server)), type::a), false);
            }
            return true;
        }
        return false;
    }

    bool alias_by_dname(WireName& owner) {
        for (WireName above = parent(owner); is_at_or_below(above, origin_); above = parent(above)) {
            const Records dname = at(zone_, above, type::dname);
            if (dname.empty()) {
                if (label_count(above) == 0) break;
                continue;
            }
            append(response_.answer, dname, dnssec_ok_);
            const WireName target = owner.substr(0, owner.size() - above.size()) + target_of(dname.front());
            response_.answer.push_back({owner, type::cname, dname.front().ttl, target});
            owner = fold_case(target);
            return true;
        }
        return false;
    }

    bool expand(const WireName& owner, std::uint16_t type) {
        Records found = at(zone_, std::string("\1*", 2) + parent(owner), type);
        for (ResourceRecord& record : found) record.owner = owner;
        append(response_.answer, found, dnssec_ok_);
        if (!found.empty()) add_nsec();
        return !found.empty();
    }

    void deny(std::uint16_t code) {
        response_.rcode = code;
        append(response_.authority, at(zone_, origin_, type::soa), dnssec_ok_);
        add_nsec();
    }

    void add_nsec() {
        if (!dnssec_ok_) return;
        std::vector<WireName> seen;
        for (const ResourceRecord& record : zone_) {
            if (record.type != type::nsec) continue;
            append(response_.authority, at(zone_, fold_case(record.owner), type::nsec), true);
        }
    }

    const Records& zone_;
    const WireName& origin_;
    Message& response_;
    const bool dnssec_ok_;
};

}  // namespace

WireName name(std::string_view text) { return wire_name(text).value(); }

Message question(std::string_view owner, std::uint16_t type, bool dnssec_ok) {
    Message message;
    message.id = 4711;
    message.recursion_desired = true;
    message.authentic = true;
    message.questions.push_back({name(owner), type});
    message.edns.emplace();
    message.edns->dnssec_ok = dnssec_ok;
    return message;
}

std::string shown(const Message& message) {
    std::string text = rcode_name(message.rcode);
    if (message.authentic) text += " AD";
    const auto error = message.edns ? extended_error(*message.edns) : std::nullopt;
    if (error) text += " EDE " + std::to_string(*error);
    for (const ResourceRecord& record : message.answer) {
        text += " | " + type_name(record.type);
        if (record.type != type::rrsig) text += " " + rdata_text(record);
    }
    return text;
}

Reply reply(const Message& message) { return {Reply::Kind::answer, write_message(message), {}}; }
Reply silence() { return {}; }

FakeWorld::FakeWorld() {
    const std::string soa = "@ 600 SOA ns.example. host.example. 1 7200 900 86400 120\n";
    set_zone("127.0.0.1", ".",
             soa + "@ NS a.root.\na.root. A 127.0.0.1\nexample. NS ns.example.\nns.example. A 127.0.0.2\n");
    set_zone("127.0.0.2", "example.",
             soa +
                 "@ NS ns\nns A 127.0.0.2\nacme NS ns1.acme\nacme NS ns2.acme\n"
                 "ns1.acme A 127.0.0.3\nns2.acme A 127.0.0.4\n"
                 "keys NS ns.keys\nns.keys A 127.0.0.5\n");
    for (const char* server : {"127.0.0.3", "127.0.0.4"}) {
        set_zone(server, "acme.example.",
                 soa +
                     "@ NS ns1\n@ NS ns2\n@ TXT apex\nns1 A 127.0.0.3\nns2 A 127.0.0.4\n"
                     "s1._domainkey CNAME s1.q.keys.example.\n"
                     "s2._domainkey CNAME s2.q.keys.example.\n");
    }
    set_zone("127.0.0.5", "keys.example.", soa + "@ NS ns\nns A 127.0.0.5\ns1.q TXT K1\ns2.q TXT K2\n");
}

void FakeWorld::set_zone(const std::string& server, std::string_view origin, std::string_view text) {
    servers_[server][name(origin)] = parse_zone_text(text, "zone", name(origin), 300).value();
}

Records& FakeWorld::zone(const std::string& server, std::string_view origin) {
    return servers_.at(server).at(name(origin));
}

ResourceRecord FakeWorld::sign(const std::vector<std::string>& servers, std::string_view origin,
                               Signing signing) {
    Records& records = zone(servers.front(), origin);
    ldns_key* const key = ldns_key_new_frm_algorithm(LDNS_SIGN_ECDSAP256SHA256, 256);
    ldns_key_set_pubkey_owner(key, to_rdf(name(origin)).release());
    ldns_key_set_flags(key, 257);
    ldns_key_set_inception(key,
                           static_cast<std::uint32_t>((start + signing.from).time_since_epoch().count()));
    ldns_key_set_expiration(key,
                            static_cast<std::uint32_t>((start + signing.until).time_since_epoch().count()));
    const Ldns<ldns_rr> dnskey(ldns_key2rr(key));
    ldns_rr_set_ttl(dnskey.get(), 300);
    ldns_key_set_keytag(key, ldns_calc_keytag(dnskey.get()));
    records.push_back(from_ldns(dnskey.get()));
    ldns_key_list* const keys = ldns_key_list_new();
    ldns_key_list_push_key(keys, key);

    const auto list = to_ldns(records);
    ldns_dnssec_zone* const zone = ldns_dnssec_zone_new();
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(list.get()); ++i) {
        ldns_dnssec_zone_add_rr(zone, ldns_rr_list_rr(list.get(), i));
    }
    ldns_rr_list* const added = ldns_rr_list_new();
    ldns_dnssec_zone_sign(zone, added, keys, ldns_dnssec_default_replace_signatures, nullptr);
    Records made;
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(added); ++i) {
        const ResourceRecord record = from_ldns(ldns_rr_list_rr(added, i));
        const bool is_nsec =
            record.type == type::nsec ||
            (record.type == type::rrsig && static_cast<unsigned char>(record.rdata[1]) == type::nsec);
        if (signing.with_nsec || !is_nsec) made.push_back(record);
    }
    ldns_rr_list_deep_free(added);
    ldns_dnssec_zone_free(zone);
    ldns_key_list_free(keys);
    records.insert(records.end(), made.begin(), made.end());
    for (const std::string& server : servers) servers_[server][name(origin)] = records;
    const Ldns<ldns_rr> ds(ldns_key_rr2ds(dnskey.get(), LDNS_SHA256));
    return from_ldns(ds.get());
}

std::string FakeWorld::sign_all(const std::function<void(ResourceRecord& ds)>& change, Signing customer) {
    ResourceRecord ds = sign({"127.0.0.3", "127.0.0.4"}, "acme.example.", customer);
    if (change) change(ds);
    zone("127.0.0.2", "example.").push_back(ds);
    zone("127.0.0.1", ".").push_back(sign({"127.0.0.2"}, "example."));
    const ResourceRecord anchor = sign({"127.0.0.1"}, ".");
    return ". 300 IN DS " + rdata_text(anchor);
}

Message FakeWorld::answer(const Message& question, const std::string& server) {
    Message response = response_to(question);
    response.authoritative = true;
    const WireName owner = fold_case(question.questions.front().name);
    const std::uint16_t type = question.questions.front().type;
    const auto& zones = servers_[server];
    for (WireName above = type == type::ds ? parent(owner) : owner;; above = parent(above)) {
        const auto found = zones.find(above);
        if (found != zones.end()) {
            const bool dnssec_ok = question.edns && question.edns->dnssec_ok;
            ZoneAnswer(found->second, found->first, response, dnssec_ok).fill(owner, type);
            return response;
        }
        if (label_count(above) == 0) break;
    }
    response.rcode = rcode::refused;
    return response;
}

Reply FakeWorld::ask(std::span<const std::uint8_t> octets, const std::string& server, Transport transport) {
    const Message question = parse_question(octets).value();
    asked.push_back(server + " " + type_name(question.questions.front().type) + " " +
                    to_text(question.questions.front().name));
    const Message honest = answer(question, server);
    const auto hook = hooks_.find(server);
    if (hook != hooks_.end()) return hook->second(question, honest, transport);
    return reply(honest);
}

Resolver::Parts FakeWorld::parts(std::string trust_anchor) {
    Resolver::Parts parts;
    parts.ask = [this](std::span<const std::uint8_t> octets, const std::string& server, Transport transport) {
        return ask(octets, server, transport);
    };
    parts.root_servers = {"127.0.0.1"};
    parts.trust_anchor = std::move(trust_anchor);
    parts.is_ours = [](const WireName& folded) { return is_at_or_below(folded, name("example.")); };
    return parts;
}

}  // namespace custdkim::lab::test
