#include "tests/fuzz/targets.hpp"

#include <catch2/catch.hpp>

#include "base/log.hpp"
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
            default: {
                const std::size_t from =
                    random.below(input.size());  // one after the other, for all compilers
                input.insert(at, input.substr(from, 1 + random.below(16)));
            }
        }
    }
}

// The seeds themselves first.
void try_changes(const std::vector<std::string>& seeds, unsigned rounds,
                 void (*target)(std::span<const std::uint8_t>)) {
    SeededRandom random(20261122);
    for (unsigned round = 0; round < rounds; ++round) {
        std::string input = seeds[round % seeds.size()];
        if (round >= seeds.size()) change(input, random);
        target(octets(input));
    }
}

}  // namespace

TEST_CASE("The seeds of the fuzzing, and 100,000 changes of them, do no harm as messages") {
    try_changes(message_seeds(), 100000, try_message);
}

TEST_CASE("Among the seeds is a DS with its key, so that matches() is looked at, too") {
    bool found = false;
    for (const std::string& seed : message_seeds()) found = found || has_matching_ds(octets(seed));
    CHECK(found);
}

TEST_CASE("The seeds of the fuzzing, and changes of them, do no harm as names") {
    try_changes(name_seeds(), 20000, try_name);
}

TEST_CASE("The requests of the transcripts, and changes of them, get one reply each") {
    set_log_level(LogLevel::none);
    try_changes(request_seeds(), 20000, try_request);
    set_log_level(LogLevel::info);
}

TEST_CASE("Zone files, and changes of them, are refused with their line or can be served") {
    try_changes(zone_file_seeds(), 20000, try_zone_file);
}

TEST_CASE("Requests over HTTP, and changes of them, are refused in a sentence or become one request") {
    set_log_level(LogLevel::none);
    try_changes(http_path_seeds(), 20000, try_http_path);
    set_log_level(LogLevel::info);
}
