// A fake internet with a key zone of two keys, and questions to its servers.
#pragma once

#include <catch2/catch.hpp>
#include <map>

#include "lab/internet/internet.hpp"

namespace custdkim::lab {

inline WireName wire(std::string_view text) { return wire_name(text).value(); }

// Keys at their targets, with a TTL of 300, in the zone keys.custdkim.net.
class FakeKeyZones final : public KeyZoneServer {
  public:
    std::vector<dns::Name> zones() const override { return {dns::Name::parse("keys.custdkim.net").value()}; }
    Reply ask(const Message& question, Transport) override {
        Message response = response_to(question);
        response.authoritative = true;
        const std::string name = to_text(fold_case(question.questions.front().name));
        const auto found = texts.find(name);
        if (found == texts.end()) {
            response.rcode = rcode::nxdomain;
            for (const auto& entry : texts) {
                if (entry.first.ends_with("." + name)) response.rcode = rcode::noerror;
            }
        } else if (question.questions.front().type == type::txt) {
            response.answer = {{question.questions.front().name, type::txt, 300,
                                parse_rdata(type::txt, '"' + found->second + '"').value()}};
        }
        return {Reply::Kind::answer, write_message(response), std::chrono::milliseconds(0)};
    }

    std::map<std::string, std::string> texts{{"sel1.abc.keys.custdkim.net.", "v=DKIM1; p=KEY1"},
                                             {"sel2.abc.keys.custdkim.net.", "v=DKIM1; p=KEY2"}};
};

inline Misconfiguration misconfiguration(std::string id, std::string zone) {
    Misconfiguration made;
    made.id = std::move(id);
    made.zone = std::move(zone);
    made.flavours.emplace_back();
    return made;
}

inline constexpr const char* healthy_zone =
    "@ A 192.0.2.10\n"
    "{selector1}._domainkey CNAME {target1}.\n"
    "{selector2}._domainkey CNAME {target2}.\n";

inline Misconfiguration healthy() { return misconfiguration("healthy", healthy_zone); }

inline CustomerKey key_of(std::string_view domain) {
    return {dns::Name::parse(domain).value(),
            {"sel1", "sel2"},
            {"sel1.abc.keys.custdkim.net", "sel2.abc.keys.custdkim.net"}};
}

struct Ask {
    std::string name;
    std::uint16_t type = type::txt;
    bool dnssec = false;
    bool edns = true;
    std::uint16_t udp_size = 1232;
    Transport transport = Transport::udp;
    std::uint8_t edns_version = 0;
    std::uint16_t klass = 1;
};

inline Message question_of(const Ask& ask) {
    Message question;
    question.id = 4711;
    question.questions = {{wire(ask.name), ask.type, ask.klass}};
    if (ask.edns) question.edns = Edns{ask.udp_size, ask.edns_version, ask.dnssec, {}};
    return question;
}

inline std::vector<std::string> lines(const std::vector<ResourceRecord>& records) {
    std::vector<std::string> texts;
    for (const ResourceRecord& record : records) {
        texts.push_back(to_text(record.owner) + " " + std::to_string(record.ttl) + " " +
                        type_name(record.type) + " " + rdata_text(record));
    }
    return texts;
}

class SmallInternet {
  public:
    explicit SmallInternet(std::vector<Misconfiguration> all = {healthy()}, bool signs_root = true)
        : catalogue(std::move(all)), internet(catalogue, clock, key_zones, {}, signs_root) {}

    // Sets the customer acme.example; its servers are 127.53.1.1 and so on.
    Customer set(std::string_view misconfiguration, std::string_view flavour = "") {
        return internet.set(key_of("acme.example"), misconfiguration, flavour).value();
    }

    Reply raw(const Ask& ask, const std::string& server = "127.53.1.1") {
        return internet.ask(write_message(question_of(ask)), server, ask.transport);
    }
    Message ask(const Ask& ask, const std::string& server = "127.53.1.1") {
        const Reply reply = raw(ask, server);
        REQUIRE(reply.kind == Reply::Kind::answer);
        return parse_response(reply.message).value();
    }

    // From the root, by referrals, as a resolver without a cache would; the last answer.
    Message walk(const Ask& wanted) {
        std::string server = internet.root_addresses().front();
        for (int hops = 0; hops < 10; ++hops) {
            Message response = ask(wanted, server);
            if (response.authoritative || response.rcode != 0 || response.authority.empty()) return response;
            server = address_of(response);
        }
        FAIL("referrals without end");
        return {};
    }

    SimulatedClock clock{Timestamp(std::chrono::seconds(1'795'000'000))};
    FakeKeyZones key_zones;
    Catalogue catalogue;
    Internet internet;

  private:
    static std::string address_text(const ResourceRecord& record) { return rdata_text(record); }

    std::string address_of(const Message& referral) {
        for (const ResourceRecord& record : referral.additional) {
            if (record.type == type::a) return rdata_text(record);
        }
        for (const ResourceRecord& record : referral.authority) {
            if (record.type != type::ns) continue;
            return rdata_text(walk({to_text(target_of(record)), type::a}).answer.at(0));
        }
        FAIL("a referral without servers");
        return {};
    }
};

}  // namespace custdkim::lab
