#include "dns/direct_client.hpp"

#include "dns/transport.hpp"

namespace custdkim::dns {

namespace {

// Not by way of ldns: its network code takes the first datagram from anybody, and looks neither at its id nor
// at its question.
Result<Answer> ask_udp(const ServerAddress& server, const Question& question, const Octets& wire,
                       Deadline again, Deadline deadline) {
    Answer answer;
    const auto heard = exchange_udp(server, wire, again, deadline,
                                    [&](std::span<const std::uint8_t> message) -> Result<bool> {
                                        auto read = read_answer(message, question);
                                        if (!read) return read.error();
                                        if (!*read) return false;
                                        answer = std::move(**read);
                                        return true;
                                    });
    if (!heard) return heard.error();
    return answer;
}

Result<Answer> ask_tcp(const ServerAddress& server, const Question& question, const Octets& wire,
                       Deadline deadline) {
    const auto message = exchange_tcp(server, wire, deadline);
    if (!message) return message.error();
    const auto answer = read_answer(*message, question);
    if (!answer) return answer.error();
    if (!*answer) return Error{Errc::unavailable, "answered another question over TCP"};
    if ((*answer)->truncated) return Error{Errc::unavailable, "truncated its answer over TCP"};
    return **answer;
}

}  // namespace

Result<Answer> DirectClient::ask(const ServerAddress& server, const Name& name, QuestionType type,
                                 std::chrono::milliseconds deadline) const {
    return ask(server, {name, type}, deadline);
}

Result<Answer> DirectClient::ask(const ServerAddress& server, Question question,
                                 std::chrono::milliseconds deadline) const {
    question.id = static_cast<std::uint16_t>(random_.below(1 << 16));
    question.recursion_desired = recursion_ == Recursion::desired;
    const auto wire = write_question(question);
    if (!wire) return wire.error();
    const Deadline start = std::chrono::steady_clock::now();
    auto answer = ask_udp(server, question, *wire, start + deadline / 2, start + deadline);
    if (answer && answer->truncated) answer = ask_tcp(server, question, *wire, start + deadline);
    if (answer) return answer;
    // A malformed answer tells no more than none: the next one may be whole.
    const Errc code = answer.error().code == Errc::corrupt ? Errc::unavailable : answer.error().code;
    return Error{code, to_string(server) + ": " + answer.error().detail};
}

}  // namespace custdkim::dns
