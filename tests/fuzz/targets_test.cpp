#include "tests/fuzz/targets.hpp"

#include <catch2/catch.hpp>

#include "base/random.hpp"
#include "dns/message.hpp"
#include "tests/dns/wire.hpp"

using namespace custdkim;
using namespace custdkim::test;

namespace {

void change(std::string& input, Random& random) {
    for (auto changes = 1 + random.below(4); changes > 0 && !input.empty(); --changes) {
        const std::size_t at = random.below(input.size());
        switch (random.below(4)) {
            case 0: input[at] = static_cast<char>(random.below(256)); break;
            case 1:
                input[at] = static_cast<char>(input[at] ^ static_cast<char>(1U << random.below(8)));
                break;
            case 2: input.erase(at, 1 + random.below(4)); break;
            default: input.insert(at, input.substr(random.below(input.size()), 1 + random.below(16)));
        }
    }
}

}  // namespace

TEST_CASE("The seeds of the fuzzing, and 100,000 changes of them, do no harm as messages") {
    SeededRandom random(20261122);
    const auto seeds = message_seeds();
    for (const std::string& seed : seeds) try_message(octets(seed));
    for (unsigned round = 0; round < 100000; ++round) {
        std::string input = seeds[round % seeds.size()];
        change(input, random);
        try_message(octets(input));
    }
}

TEST_CASE("The seeds of the fuzzing, and changes of them, do no harm as names") {
    SeededRandom random(20261122);
    const auto seeds = name_seeds();
    for (unsigned round = 0; round < 20000; ++round) {
        std::string input = seeds[round % seeds.size()];
        if (round >= seeds.size()) change(input, random);
        try_name(octets(input));
    }
}
