// Looks at real name servers as the rotation does, for visibility_test.py: look ZONE ADDR:PORT...
// On stdin, line by line: "record SELECTOR LABEL TYPE BASE64|-" adds a record to look for, "look" looks for
// all of them and forgets them, "advance SECONDS" moves the clock. A look prints a line for each record, and
// "took N ms" at the end.

#include <chrono>
#include <deque>
#include <iostream>
#include <sstream>

#include "keys/nameserver_watch.hpp"

using namespace custdkim;

namespace {

Key read_record(std::istream& line, const dns::Name& zone) {
    std::string selector, label, type, public_key;
    line >> selector >> label >> type >> public_key;
    Key key;
    key.zone = zone;
    key.type = parse_key_type(type).value();
    Slot slot;
    slot.selector = selector;
    slot.label = label;
    if (public_key != "-") {
        const auto octets = from_base64(public_key).value();
        Pair pair;
        pair.published_at = Timestamp(Duration(1));
        pair.public_key.assign(octets.data(), octets.data() + octets.size());
        slot.pairs.push_back(pair);
    }
    key.slots.push_back(slot);
    return key;
}

void look(NameserverWatch& watch, const std::deque<Key>& keys) {
    std::vector<Wanted> wanted;
    for (const Key& key : keys) wanted.push_back({&key, &key.slots[0]});
    const auto start = std::chrono::steady_clock::now();
    const auto sightings = watch.look(wanted);
    const auto took = std::chrono::steady_clock::now() - start;
    for (const Sighting& sighting : sightings) {
        std::cout << (sighting.visible ? "visible" : sighting.missing) << "\n";
    }
    std::cout << "took " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms"
              << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const dns::Name zone = dns::Name::parse(arguments.at(0)).value();
    NameserverWatch::Servers servers{{zone, {}}};
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        servers[zone].push_back(dns::parse_server_address(arguments[i], std::nullopt).value());
    }
    SystemRandom random;
    const dns::DirectClient client(random);
    SimulatedClock clock{Timestamp(Duration(1767225600))};
    NameserverWatch watch(
        servers,
        [&](const dns::ServerAddress& server, const dns::Name& name, dns::QuestionType type) {
            return client.ask(server, name, type);
        },
        clock);
    std::deque<Key> keys;
    for (std::string text; std::getline(std::cin, text);) {
        std::istringstream line(text);
        std::string command;
        line >> command;
        if (command == "record") keys.push_back(read_record(line, zone));
        if (command == "look") {
            look(watch, keys);
            keys.clear();
        }
        if (command == "advance") {
            long seconds = 0;
            line >> seconds;
            clock.advance(Duration(seconds));
        }
    }
}
