#include "lab/up/world_servers.hpp"

namespace custdkim::lab {

namespace {

constexpr std::uint16_t dns_port = 53;

Error silence_of(const dns::ServerAddress& server) {
    return {Errc::unavailable, "no answer from " + to_string(server)};
}

dns::Question question_of(const dns::Probe& probe, std::uint16_t id) {
    dns::Question question{probe.name, probe.type, id, probe.recursion_desired};
    question.edns = probe.edns;
    question.dnssec_ok = probe.dnssec_ok;
    question.checking_disabled = probe.checking_disabled;
    return question;
}

Result<dns::Answer> ask_one(Internet& internet, const dns::Probe& probe, std::uint16_t id,
                            std::chrono::milliseconds deadline) {
    if (probe.server.port != dns_port) return silence_of(probe.server);
    const dns::Question question = question_of(probe, id);
    const auto octets = dns::write_question(question);
    if (!octets) return octets.error();
    const auto transport = probe.transport == dns::Transport::tcp ? Transport::tcp : Transport::udp;
    const Reply reply = internet.ask(*octets, probe.server.address, transport);
    if (reply.kind != Reply::Kind::answer || reply.delay > deadline) return silence_of(probe.server);
    const auto answer = dns::read_answer(reply.message, question);
    const std::string culprit = to_string(probe.server) + " sent ";
    if (!answer) return Error{Errc::corrupt, culprit + answer.error().detail};
    if (!*answer) return Error{Errc::corrupt, culprit + "what is no answer to the question"};
    return **answer;
}

}  // namespace

std::vector<dns::ServerAddress> root_servers(const Internet& internet) {
    std::vector<dns::ServerAddress> servers;
    for (const std::string& address : internet.root_addresses()) servers.push_back({address, dns_port});
    return servers;
}

std::vector<Result<dns::Answer>> WorldServers::ask(std::span<const dns::Probe> probes,
                                                   std::chrono::milliseconds deadline) {
    std::vector<Result<dns::Answer>> answers;
    answers.reserve(probes.size());
    std::uint16_t id = 0;  // any will do where nobody else can answer
    for (const dns::Probe& probe : probes) answers.push_back(ask_one(internet_, probe, ++id, deadline));
    return answers;
}

}  // namespace custdkim::lab
