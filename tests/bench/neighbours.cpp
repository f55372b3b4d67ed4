// What a link of the NSEC and of the NSEC3 chain costs in a key zone of two million names, beside one of a
// thousand; and what set_hashing() costs, and a change while the zone is hashed.
//
//     neighbours [NAMES]
//
// Prints "names N canonical NS hashed NS hashing S publish NS publish_hashed NS", one line for each size.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "zone/key_zone.hpp"

namespace {

using namespace custdkim;
using Steady = std::chrono::steady_clock;

std::string label(std::uint64_t number) {
    std::string text;
    for (int i = 0; i < 6; ++i, number /= 36) text += "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
    return text;
}

Key key_of(std::uint64_t number) {
    Key key;
    Slot slot;
    slot.selector = "s1";
    slot.label = label(number * 7919);
    key.slots.push_back(std::move(slot));
    return key;
}

template <typename Work>
double seconds(Work work) {
    const auto begin = Steady::now();
    work();
    return std::chrono::duration<double>(Steady::now() - begin).count();
}

void measure(std::uint64_t names) {
    constexpr int calls = 200'000;
    ZoneSettings settings;
    settings.name = dns::Name::parse("custdkim.example.net").value();
    settings.nameservers = {dns::Name::parse("ns1.example.net").value()};
    settings.hostmaster = settings.nameservers.front();
    const auto zone = KeyZone::make(std::move(settings), 1, 1).value();
    for (std::uint64_t i = 0; i < names; ++i) zone->load(key_of(i));
    std::mt19937_64 random(1);
    std::size_t octets = 0;  // so that nothing is left out
    const auto ask = [&](auto make) {
        std::vector<std::string> questions;
        for (int i = 0; i < calls; ++i) questions.push_back(make());
        return seconds([&] {
            for (const std::string& question : questions) octets += zone->neighbours(question)->after.size();
        });
    };
    const auto publish = [&] {
        std::vector<Key> keys;
        for (int i = 0; i < calls; ++i) keys.push_back(key_of(random() % names));
        return seconds([&] {
            for (const Key& key : keys) zone->publish(key, 2);
        });
    };
    const double canonical = ask([&] { return "x." + label(random()); });
    const double changed = publish();
    const double hashing = seconds([&] { zone->set_hashing(Hashing{}); });
    const double hashed = ask([&] {
        NameHash hash{};
        for (auto& octet : hash) octet = static_cast<std::uint8_t>(random());
        return to_text(hash);
    });
    const double changed_hashed = publish();
    constexpr double nanoseconds = 1e9 / calls;
    std::printf("names %zu canonical %.0f hashed %.0f hashing %.2f publish %.0f publish_hashed %.0f\n",
                zone->record_count(), canonical * nanoseconds, hashed * nanoseconds, hashing,
                changed * nanoseconds, changed_hashed * nanoseconds);
    if (octets == 0) std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
    measure(1000);
    measure(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000'000);
}
