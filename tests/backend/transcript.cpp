#include "transcript.hpp"

#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "fixed_world.hpp"

namespace custdkim::test {

namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
    throw std::runtime_error(where + ": " + why);
}

}  // namespace

std::vector<Exchange> read_transcript(std::string_view text, const std::string& file) {
    std::vector<Exchange> exchanges;
    std::istringstream lines{std::string(text)};
    std::string line;
    bool waiting = false;  // for the reply to the last request
    for (int number = 1; std::getline(lines, line); ++number) {
        const std::string where = file + ":" + std::to_string(number);
        if (line.empty() || line.starts_with('#')) continue;
        if (line.starts_with("> ")) {
            if (waiting) refuse(where, "the request before this one has no reply");
            exchanges.push_back({line.substr(2), "", ""});
            waiting = true;
        } else if (line.starts_with("< ")) {
            if (!waiting) refuse(where, "a reply without a request");
            exchanges.back().reply = line.substr(2);
            exchanges.back().where = where;
            if (!nlohmann::json::accept(exchanges.back().reply)) refuse(where, "the reply is not JSON");
            waiting = false;
        } else {
            refuse(where, "a line begins with '> ', '< ' or '#'");
        }
    }
    if (exchanges.empty()) refuse(file, "expects nothing");
    if (waiting) refuse(file, "the last request has no reply");
    return exchanges;
}

std::string first_mismatch(const std::vector<Exchange>& transcript) {
    FixedWorld world;
    backend::Conversation conversation(world.parts());
    for (const Exchange& exchange : transcript) {
        HeldReply reply;
        conversation.answer(exchange.request, reply);
        const auto got = nlohmann::json::parse(reply.text, nullptr, false);
        const bool one_line = reply.text.find('\n') == std::string::npos;
        if (got.is_discarded() || !one_line || got != nlohmann::json::parse(exchange.reply)) {
            return exchange.where + ": to " + exchange.request + "\nexpected " + exchange.reply +
                   "\ngot      " + reply.text;
        }
    }
    return "";
}

}  // namespace custdkim::test
