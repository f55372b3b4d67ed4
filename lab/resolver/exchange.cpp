#include "lab/resolver/exchange.hpp"

namespace custdkim::lab {

namespace {

Message question_for(const WireName& name, std::uint16_t type, bool with_edns, std::uint16_t id) {
    Message question;
    question.id = id;
    question.questions.push_back({name, type});
    if (with_edns) {
        question.edns.emplace();
        question.edns->dnssec_ok = true;
    }
    return question;
}

bool answers(const Message& response, const Message& question) {
    if (!response.response || response.id != question.id || response.opcode != 0) return false;
    // Those who could not read the question need not repeat it.
    const bool is_error = response.rcode != rcode::noerror && response.rcode != rcode::nxdomain;
    if (response.questions.empty()) return is_error;
    if (response.questions.size() != 1) return false;
    const Question &asked = question.questions.front(), &echoed = response.questions.front();
    return echoed.type == asked.type && echoed.klass == asked.klass &&
           fold_case(echoed.name) == fold_case(asked.name);
}

Heard ask_once(const Resolver::Parts& parts, const std::string& server, const Message& question,
               Transport transport, Work& work) {
    ++work.asked;
    const Bytes octets = write_message(question);
    const Reply reply = parts.ask(octets, server, transport);
    work.delay += reply.delay;
    if (reply.kind == Reply::Kind::silence) return {Heard::Kind::silence, {}};
    if (reply.kind == Reply::Kind::hang_up) return {Heard::Kind::useless, {}};
    auto response = parse_response(reply.message);
    if (!response || !answers(*response, question)) return {Heard::Kind::useless, {}};
    return {Heard::Kind::message, std::move(*response)};
}

Heard ask_over_both(const Resolver::Parts& parts, const std::string& server, const Message& question,
                    Work& work) {
    Heard heard = ask_once(parts, server, question, Transport::udp, work);
    if (heard.kind == Heard::Kind::message && heard.message.truncated) {
        heard = ask_once(parts, server, question, Transport::tcp, work);
        if (heard.kind == Heard::Kind::message && heard.message.truncated) heard.kind = Heard::Kind::useless;
    }
    return heard;
}

}  // namespace

Heard ask_server(const Resolver::Parts& parts, const std::string& server, const WireName& name,
                 std::uint16_t type, Work& work) {
    // Any id will do where nobody can answer but the one that is asked.
    const auto id = static_cast<std::uint16_t>(work.asked * 40503U + 1U);
    Heard heard = ask_over_both(parts, server, question_for(name, type, true, id), work);
    if (heard.kind != Heard::Kind::message) return heard;
    const std::uint16_t code = heard.message.rcode;
    if (code != rcode::formerr && code != rcode::notimp) return heard;
    return ask_over_both(parts, server, question_for(name, type, false, static_cast<std::uint16_t>(id + 1)),
                         work);
}

}  // namespace custdkim::lab
