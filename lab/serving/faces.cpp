#include "lab/serving/faces.hpp"

#include <algorithm>

namespace custdkim::lab {

namespace {

constexpr std::uint16_t least_udp_size = 512;  // RFC 6891 section 6.2.3
constexpr std::uint16_t most_udp_size = 1232;  // Unbound's max-udp-size: no fragments
constexpr std::size_t header_size = 12;

Reply silence() { return {}; }

Reply answer_of(Bytes message, std::chrono::milliseconds delay = {}) {
    return {Reply::Kind::answer, std::move(message), delay};
}

// To what could not be read, but for its header: that, with nothing behind it.
Reply bare_reply(const DnsQuery& query, std::uint16_t code) {
    if (query.octets.size() < header_size) return silence();
    Bytes message(header_size);
    message[0] = query.octets[0];
    message[1] = query.octets[1];
    message[2] = static_cast<std::uint8_t>(0x80 | (query.octets[2] & 0x79));  // QR; opcode and RD as sent
    message[3] = static_cast<std::uint8_t>(code & 0x0f);
    return answer_of(std::move(message));
}

std::size_t size_limit(const DnsQuery& query, const Message& question) {
    if (query.transport == Transport::tcp) return 65535;
    return question.edns ? std::clamp(question.edns->udp_size, least_udp_size, most_udp_size)
                         : least_udp_size;
}

// RCODE as it is on the wire; the upper bits only where the message can be read.
std::uint16_t rcode_in(const Bytes& message) {
    if (const auto read = parse_response(message)) return read->rcode;
    return message.size() > 3 ? message[3] & 0x0f : 0;
}

LoggedQuery entry(const DnsQuery& query, std::string face, Timestamp now) {
    LoggedQuery logged;
    logged.at = now;
    logged.client = query.client;
    logged.face = std::move(face);
    logged.transport = query.transport;
    return logged;
}

void note_question(LoggedQuery& logged, const Message& question) {
    logged.edns = question.edns.has_value();
    if (question.questions.empty()) return;
    logged.name = question.questions.front().name;
    logged.type = question.questions.front().type;
}

}  // namespace

std::optional<Reply> ResolverFace::at_once(const DnsQuery& query) {
    const auto question = parse_question(query.octets);
    if (!question) {
        const auto code = question.error().rcode;
        LoggedQuery logged = entry(query, "resolver", clock_.now());
        Reply reply = code ? bare_reply(query, *code) : silence();
        logged.kind = reply.kind;
        logged.rcode = code.value_or(0);
        log_.add(std::move(logged));
        return reply;
    }
    const auto cached = resolver_.from_cache(*question);
    if (!cached) return std::nullopt;
    return finish(query, *question, *cached, {});
}

Reply ResolverFace::answer(const DnsQuery& query) {
    const auto question = parse_question(query.octets);
    if (!question) return silence();  // at_once() has answered that
    const auto outcome = resolver_.resolve(*question);
    return finish(query, *question, outcome.message, outcome.delay);
}

Reply ResolverFace::finish(const DnsQuery& query, const Message& question, const Message& answer,
                           std::chrono::milliseconds delay) {
    LoggedQuery logged = entry(query, "resolver", clock_.now());
    note_question(logged, question);
    logged.kind = Reply::Kind::answer;
    logged.rcode = answer.rcode;
    log_.add(std::move(logged));
    return answer_of(write_message(answer, size_limit(query, question)), delay);
}

// What is in a key zone may take a while; which server that is, only the internet knows.
std::optional<Reply> AuthorityFace::at_once(const DnsQuery&) { return std::nullopt; }

Reply AuthorityFace::answer(const DnsQuery& query) {
    LoggedQuery logged = entry(query, query.server, clock_.now());
    Reply reply = internet_.ask(query.octets, query.server, query.transport);
    if (const auto question = parse_question(query.octets)) note_question(logged, *question);
    logged.kind = reply.kind;
    if (reply.kind == Reply::Kind::answer) logged.rcode = rcode_in(reply.message);
    log_.add(std::move(logged));
    return reply;
}

}  // namespace custdkim::lab
