#include "cli/sign.hpp"

#include <algorithm>
#include <iostream>
#include <string>

#include "cli/reply.hpp"
#include "sending/mail_message.hpp"

namespace custdkim::cli {

namespace {

constexpr std::size_t piece_octets = 64 << 10;

// A piece more than is signed, at most.
std::string read_standard_input() {
    std::string text;
    while (std::cin && text.size() <= max_message_octets) {
        const std::size_t there = text.size();
        text.resize(there + piece_octets);
        std::cin.read(text.data() + there, piece_octets);
        text.resize(there + static_cast<std::size_t>(std::cin.gcount()));
    }
    return text;
}

}  // namespace

std::string with_line_ends_of(std::string_view message, const std::string& header) {
    const std::size_t line_end = message.find('\n');
    if (line_end != message.npos && line_end > 0 && message[line_end - 1] == '\r') return header;
    std::string lines = header;
    lines.erase(std::remove(lines.begin(), lines.end(), '\r'), lines.end());
    return lines;
}

int sign_standard_input(const KeyOptions& options) {
    const std::string message = read_standard_input();
    if (message.empty()) {
        return fail(Exit::wrong, "there is no message on standard input; try: custdkim sign < message.eml",
                    options.json);
    }
    if (message.size() > max_message_octets) {
        return fail(Exit::no,
                    "the message on standard input is larger than " +
                        std::to_string(max_message_octets >> 20) + " MiB; nothing above that is signed",
                    options.json);
    }
    const Reply reply = ask(options.access, "POST", "/v1/sign", message, "message/rfc822");
    if (!reply.document) return refuse(reply, options.json);
    if (options.json) {
        print_json(*reply.document);
        return Exit::done;
    }
    std::cout << with_line_ends_of(message, reply.document->at("header").get<std::string>()) << message
              << std::flush;
    if (!std::cout) return fail(Exit::unknown, "the signed message could not be written; is the disk full?");
    return Exit::done;
}

}  // namespace custdkim::cli
