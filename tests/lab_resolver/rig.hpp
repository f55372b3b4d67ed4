// A resolver over a fake world, with the questions that tests ask most.
#pragma once

#include "fake_world.hpp"
#include "lab/wire/zone_text.hpp"

namespace custdkim::lab::test {

struct Rig {
    explicit Rig(std::string trust_anchor = "", ResolverSettings settings = {})
        : Rig(FakeWorld(), std::move(trust_anchor), settings) {}
    Rig(FakeWorld given, std::string trust_anchor, ResolverSettings settings = {})
        : world(std::move(given)), resolver(world.parts(std::move(trust_anchor)), clock, settings) {}

    std::string ask(std::string_view name_asked, std::uint16_t type = type::txt) {
        return shown(resolver.resolve(question(name_asked, type)).message);
    }
    std::string cname() { return ask(owner, type::cname); }
    std::string txt() { return ask(owner, type::txt); }

    static constexpr const char* owner = "s1._domainkey.acme.example.";
    FakeWorld world;
    SimulatedClock clock{start};
    Resolver resolver;
};

constexpr const char* right_cname = "NOERROR | CNAME s1.q.keys.example.";
constexpr const char* right_txt = "NOERROR | CNAME s1.q.keys.example. | TXT \"K1\"";

// Both of the customer's servers do this with questions of the type; all else is answered honestly.
inline void both_do(Rig& rig, std::uint16_t type, const FakeWorld::Hook& hook) {
    for (const char* server : {"127.0.0.3", "127.0.0.4"}) {
        rig.world.set_hook(server, [=](const Message& asked, Message honest, Transport transport) {
            const std::uint16_t asked_type = asked.questions.front().type;
            const bool fits = type == type::any || asked_type == type;
            return fits ? hook(asked, std::move(honest), transport) : reply(honest);
        });
    }
}

inline FakeWorld::Hook with_rcode(std::uint16_t rcode) {
    return [rcode](const Message& asked, Message, Transport) { return reply(response_to(asked, rcode)); };
}

// Authoritative, the records as they stand.
inline FakeWorld::Hook with_answer(std::string_view records, std::uint16_t rcode = rcode::noerror) {
    const auto answer = parse_zone_text(records, "answer", name("acme.example.")).value();
    return [=](const Message& asked, Message, Transport) {
        Message response = response_to(asked, rcode);
        response.authoritative = true;
        response.answer = answer;
        return reply(response);
    };
}

}  // namespace custdkim::lab::test
