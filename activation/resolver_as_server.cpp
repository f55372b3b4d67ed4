#include "activation/resolver_as_server.hpp"

#include <exception>
#include <future>

namespace custdkim::activation {

using dns::Answer;
using dns::Probe;

namespace {

constexpr std::size_t at_once = 8;

bool is_resolver(const Probe& probe) { return probe.server == ResolverAsServer::server().address; }

bool is_usual(const Probe& probe) {
    return probe.transport == dns::Transport::udp && probe.edns && !probe.dnssec_ok;
}

}  // namespace

Server ResolverAsServer::server() { return {*dns::Name::parse("resolver"), {"the resolver", 0}}; }

std::vector<Result<Answer>> ResolverAsServer::ask(std::span<const Probe> probes,
                                                  std::chrono::milliseconds deadline) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    std::vector<Result<Answer>> answers(probes.size(), Error{Errc::not_found, "not asked"});
    std::vector<Probe> direct;
    for (const Probe& probe : probes) {
        if (!is_resolver(probe)) direct.push_back(probe);
    }
    auto direct_answers =
        direct.empty() ? std::vector<Result<Answer>>() : name_servers_.ask(direct, deadline);
    std::size_t next_direct = 0;
    std::vector<std::pair<std::size_t, std::future<Result<Answer>>>> under_way;
    const auto collect = [&] {
        for (auto& [position, answer] : under_way) answers[position] = answer.get();
        under_way.clear();
    };
    for (std::size_t i = 0; i < probes.size(); ++i) {
        if (!is_resolver(probes[i])) {
            answers[i] = std::move(direct_answers.at(next_direct++));
        } else if (is_usual(probes[i])) {
            under_way.emplace_back(i, std::async(std::launch::async, [this, probe = probes[i], end] {
                                       return ask_resolver(probe, end);
                                   }));
            if (under_way.size() == at_once) collect();
        }
    }
    collect();
    return answers;
}

Result<Answer> ResolverAsServer::ask_resolver(const Probe& probe,
                                              std::chrono::steady_clock::time_point deadline) const {
    if (std::chrono::steady_clock::now() >= deadline) return Error{Errc::unavailable, "no time was left"};
    try {
        return resolver_.ask_unchecked(probe.name, probe.type);
    } catch (const std::exception& e) {
        return Error{Errc::internal, e.what()};
    }
}

}  // namespace custdkim::activation
