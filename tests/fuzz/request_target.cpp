#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "backend/usual_request.hpp"
#include "tests/backend/fixed_world.hpp"
#include "tests/fuzz/exchange.hpp"
#include "tests/fuzz/must.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/support/source_dir.hpp"

namespace custdkim::test {

namespace {

using backend::Conversation;
using backend::Outcome;

bool only_asks(std::string_view method) {
    constexpr std::array asking{"initialize", "lookup", "APILookup", "list", "get", "searchRecords"};
    return std::any_of(asking.begin(), asking.end(),
                       [&](std::string_view begin) { return method.starts_with(begin); });
}

// Made anew after what may have changed something, so that no input depends on another.
FixedWorld& fresh_world() {
    static auto world = std::make_unique<FixedWorld>();
    for (std::size_t row = 0; row < backend::methods().size(); ++row) {
        if (world->counters.read(row).asked() == 0 || only_asks(backend::methods()[row].name)) continue;
        world = std::make_unique<FixedWorld>();
        break;
    }
    return *world;
}

// A space more, and the same request is none of the usual ones, nor one that is remembered.
void check_the_long_way(FixedWorld& world, std::string_view request, const std::string& usual_reply) {
    HeldReply reply;
    const Outcome outcome = Conversation(world.parts()).answer(std::string(request) + " ", reply);
    must(outcome == Outcome::answered && reply.text == usual_reply, "both ways lead to the same reply");
}

}  // namespace

void try_request(std::span<const std::uint8_t> input) {
    FixedWorld& world = fresh_world();
    Conversation conversation(world.parts());
    std::string_view rest(reinterpret_cast<const char*>(input.data()), input.size());
    std::string reply;
    while (!rest.empty()) {
        const std::string_view request = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(request.size() + 1, rest.size()));
        const Outcome outcome = try_exchange(conversation, request, reply);
        if (outcome == Outcome::unreadable) return;  // the connection is closed
        if (backend::read_usual_request(request) && outcome == Outcome::answered) {
            check_the_long_way(world, request, reply);
        }
    }
}

std::vector<std::string> request_seeds() {
    std::vector<std::string> seeds;
    for (const auto& file : std::filesystem::directory_iterator(source_dir() + "/tests/transcripts")) {
        std::ifstream lines(file.path());
        std::string conversation;
        for (std::string line; std::getline(lines, line);) {
            if (!line.starts_with("> ")) continue;
            conversation += line.substr(2) + "\n";
            seeds.push_back(line.substr(2));
        }
        seeds.push_back(conversation);
    }
    return seeds;
}

}  // namespace custdkim::test
