#include "lab/serving/forwarding.hpp"

#include <algorithm>

#include "dns/transport.hpp"

namespace custdkim::lab {

namespace {

constexpr std::size_t header_size = 12;

// An answer has the question's id and says whose answer it is (RFC 5452 section 9.1).
bool answers(std::span<const std::uint8_t> message, const Bytes& wire, const Message& question) {
    const std::size_t size = header_size + question.questions.front().name.size() + 4;
    if (message.size() < size || wire.size() < size) return false;
    const bool is_response = (message[2] & 0x80) != 0, has_one_question = message[4] == 0 && message[5] == 1;
    return is_response && has_one_question && std::equal(wire.begin(), wire.begin() + 2, message.begin()) &&
           std::equal(wire.begin() + header_size, wire.begin() + static_cast<std::ptrdiff_t>(size),
                      message.begin() + header_size);
}

}  // namespace

Result<Bytes> forward(const dns::ServerAddress& server, const Message& question, Transport transport,
                      Random& random, std::chrono::milliseconds deadline) {
    if (question.questions.size() != 1) return invalid("only one question can be forwarded");
    Message sent = question;
    sent.id = static_cast<std::uint16_t>(random.below(1 << 16));
    const Bytes wire = write_message(sent);
    const auto start = std::chrono::steady_clock::now();
    Bytes answer;
    if (transport == Transport::udp) {
        const auto heard = dns::exchange_udp(server, wire, start + deadline / 2, start + deadline,
                                             [&](std::span<const std::uint8_t> message) -> Result<bool> {
                                                 if (!answers(message, wire, question)) return false;
                                                 answer.assign(message.begin(), message.end());
                                                 return true;
                                             });
        if (!heard) return heard.error();
    } else {
        auto heard = dns::exchange_tcp(server, wire, start + deadline);
        if (!heard) return heard.error();
        if (!answers(*heard, wire, question)) {
            return Error{Errc::unavailable, "answered another question over TCP"};
        }
        answer = std::move(*heard);
    }
    answer[0] = static_cast<std::uint8_t>(question.id >> 8);
    answer[1] = static_cast<std::uint8_t>(question.id);
    return answer;
}

std::optional<Message> ask_upstream(const dns::ServerAddress& server, const Message& question, Random& random,
                                    std::chrono::milliseconds deadline) {
    for (const Transport transport : {Transport::udp, Transport::tcp}) {
        const auto octets = forward(server, question, transport, random, deadline);
        if (!octets) return std::nullopt;
        auto message = parse_response(*octets);
        if (!message) return std::nullopt;
        if (!message->truncated) return std::move(*message);
    }
    return std::nullopt;
}

}  // namespace custdkim::lab
