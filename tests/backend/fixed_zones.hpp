// The zones that the transcripts and the protocol's tests ask about. They never change: every transcript
// starts from here.
//
//   custdkim.example.net  id 1, serial 1767225600, static records below
//     s1.q7w2ka, s2.m4x9tz   ed25519
//     s1.w8c3re              rsa-2048, of which the TXT has two strings
//   keys.example.org      id 2, serial 7, nothing but its apex
#pragma once

#include <memory>

#include "backend/protocol.hpp"
#include "dns/zone_file.hpp"
#include "support/sample_keys.hpp"
#include "zone/zones.hpp"

namespace custdkim::test {

inline std::unique_ptr<KeyZone> fixed_zone(std::string_view zone, std::uint32_t id, Serial serial,
                                           std::string_view records) {
    ZoneSettings settings;
    settings.name = name(zone);
    settings.nameservers = {name("ns1.example.net"), name("ns2.example.org")};
    settings.hostmaster = name("hostmaster.example.net");
    settings.records = dns::read_zone_text(records, "test", settings.name, 3600).value();
    return KeyZone::make(std::move(settings), id, serial).value();
}

inline Zones fixed_zones() {
    auto zone = fixed_zone("custdkim.example.net", 1, 1767225600,
                           "@ IN CAA 0 issue \";\"\n"
                           "www 60 IN A 192.0.2.1\n"
                           "a.b 60 IN A 192.0.2.2\n");
    zone->load(sample_key("k1", {"q7w2ka", "m4x9tz"}));
    zone->load(sample_key("k2", {"w8c3re"}, KeyType::rsa_2048));
    Zones zones;
    zones.add(std::move(zone));
    zones.add(fixed_zone("keys.example.org", 2, 7, ""));
    return zones;
}

// A reply that nobody writes out.
struct HeldReply final : backend::Reply {};

// One request to a conversation of its own.
inline std::string answer(const Zones& zones, std::string_view request) {
    HeldReply reply;
    backend::Conversation({zones}).answer(request, reply);
    return reply.text;
}

}  // namespace custdkim::test
