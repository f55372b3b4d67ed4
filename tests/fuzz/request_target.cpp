#include <filesystem>
#include <fstream>

#include "backend/usual_request.hpp"
#include "tests/backend/fixed_zones.hpp"
#include "tests/fuzz/exchange.hpp"
#include "tests/fuzz/must.hpp"
#include "tests/fuzz/targets.hpp"

namespace custdkim::test {

namespace {

using backend::Conversation;
using backend::Outcome;

// A space more, and the same request is none of the usual ones, nor one that is remembered.
void check_the_long_way(const Zones& zones, std::string_view request, const std::string& usual_reply) {
    HeldReply reply;
    const Outcome outcome = Conversation({zones}).answer(std::string(request) + " ", reply);
    must(outcome == Outcome::answered && reply.text == usual_reply, "both ways lead to the same reply");
}

}  // namespace

void try_request(std::span<const std::uint8_t> input) {
    static const Zones zones = fixed_zones();
    Conversation conversation({zones});
    std::string_view rest(reinterpret_cast<const char*>(input.data()), input.size());
    std::string reply;
    while (!rest.empty()) {
        const std::string_view request = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(request.size() + 1, rest.size()));
        const Outcome outcome = try_exchange(conversation, request, reply);
        if (outcome == Outcome::unreadable) return;  // the connection is closed
        if (backend::read_usual_request(request) && outcome == Outcome::answered) {
            check_the_long_way(zones, request, reply);
        }
    }
}

std::vector<std::string> request_seeds() {
    std::vector<std::string> seeds;
    for (const auto& file : std::filesystem::directory_iterator(CUSTDKIM_SOURCE_DIR "/tests/transcripts")) {
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
