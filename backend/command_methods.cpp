#include <algorithm>
#include <array>

#include "backend/answers.hpp"
#include "backend/handlers.hpp"

namespace custdkim::backend {

namespace {

constexpr std::size_t max_shown = 100;

Result<std::string> help(const Parts& parts);

Result<std::string> status(const Parts& parts) {
    if (!parts.operations) return std::string("this daemon tells no status");
    return parts.operations->status();
}

Result<std::string> reload(const Parts& parts) {
    if (!parts.operations) return std::string("this daemon reads no zone files");
    return parts.operations->reload();
}

// How often each method was asked for: those that never were are left out.
Result<std::string> counters(const Parts& parts) {
    if (!parts.counters) return std::string("this daemon counts nothing");
    std::string text;
    const auto line = [&](std::string_view name, std::uint64_t count) {
        if (count > 0) text += std::string(name) + " " + std::to_string(count) + "\n";
    };
    for (std::size_t row = 0; row < methods().size(); ++row) {
        line(methods()[row].name, parts.counters->read(row).asked());
    }
    line("failed", parts.counters->total().with(Ending::failed));
    line("unknown", parts.counters->read(other_methods).with(Ending::empty));
    return text;
}

struct Command {
    std::string_view word, meaning;
    Result<std::string> (*run)(const Parts& parts);
};

constexpr std::array commands = {
    Command{"status", "what the daemon serves, and how it is", status},
    Command{"reload", "read the files of static zones again", reload},
    Command{"counters", "how often PowerDNS asked for each method since the start", counters},
    Command{"help", "this list", help},
};

Result<std::string> help(const Parts&) {
    std::string text;
    for (const Command& command : commands) {
        text += std::string(command.word) + std::string(10 - command.word.size(), ' ') +
                std::string(command.meaning) + "\n";
    }
    return text;
}

}  // namespace

// Whatever comes of it is text for the operator: pdnsutil prints it, and prints nothing of an Error.
Result<void> direct_backend_cmd(const Call& call, Reply& reply) {
    const auto query = text_parameter(call.parameters, "query");
    if (!query) return query.error();
    const auto command = std::find_if(commands.begin(), commands.end(),
                                      [&](const Command& known) { return known.word == *query; });
    std::string text;
    if (command == commands.end()) {
        text = "'" + std::string(query->substr(0, max_shown)) + "' is not a command; try 'help'";
    } else {
        const auto done = command->run(call.parts);
        text = done ? *done : std::string(command->word) + " failed: " + done.error().detail;
    }
    reply.text += R"({"result":)";
    append_json_string(reply.text, text);
    reply.text += '}';
    return {};
}

}  // namespace custdkim::backend
