#include "activation/observations.hpp"

#include <algorithm>

namespace custdkim::activation {

using dns::Probe;

Probe probe_of(const Server& server, const dns::Name& name, dns::QuestionType type, Manner manner) {
    Probe probe{server.address, name, type};
    probe.transport = manner == Manner::tcp ? dns::Transport::tcp : dns::Transport::udp;
    probe.edns = manner != Manner::plain;
    probe.dnssec_ok = manner == Manner::signatures;
    return probe;
}

void Observations::want(const Server& server, const dns::Name& name, dns::QuestionType type, Manner manner) {
    const Probe probe = probe_of(server, name, type, manner);
    const auto is_same = [&probe](const Observation& other) { return other.probe == probe; };
    if (find(probe) || std::any_of(wanted_.begin(), wanted_.end(), is_same)) return;
    wanted_.push_back({probe, server.name, Error{Errc::not_found, "not asked"}});
}

void Observations::ask(dns::NameServers& name_servers, std::chrono::milliseconds deadline) {
    if (wanted_.empty()) return;
    std::vector<Probe> probes;
    for (const Observation& wanted : wanted_) probes.push_back(wanted.probe);
    auto answers = name_servers.ask(probes, deadline);
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
        wanted_[i].answer = std::move(answers.at(i));
        all_.push_back(std::move(wanted_[i]));
    }
    wanted_.clear();
}

const Result<dns::Answer>& Observations::at(const Server& server, const dns::Name& name,
                                            dns::QuestionType type, Manner manner) const {
    static const Result<dns::Answer> not_asked = Error{Errc::not_found, "not asked"};
    const Observation* const found = find(probe_of(server, name, type, manner));
    return found ? found->answer : not_asked;
}

const Observations::Observation* Observations::find(const Probe& probe) const {
    const auto found = std::find_if(all_.begin(), all_.end(),
                                    [&probe](const Observation& seen) { return seen.probe == probe; });
    return found == all_.end() ? nullptr : &*found;
}

}  // namespace custdkim::activation
