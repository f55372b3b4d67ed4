// A world whose resolver and name servers say what a test tells them to.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>

#include "activation/diagnostician.hpp"
#include "tests/support/sample_keys.hpp"

namespace custdkim::test {

// Answers by name and type; what was not told is NXDOMAIN.
class FakeResolver final : public dns::Resolver {
  public:
    Result<dns::Answer> ask(const dns::Name& owner, dns::QuestionType type) override {
        ++asked;
        if (trouble) trouble();
        if (silent) return Error{Errc::unavailable, "no answer in time"};
        const auto found = answers.find({owner.text(), type});
        if (found != answers.end()) return found->second;
        dns::Answer nothing;
        nothing.rcode = dns::rcode::nxdomain;
        return nothing;
    }
    Result<dns::Answer> ask_unchecked(const dns::Name& owner, dns::QuestionType type) override {
        return ask(owner, type);
    }

    bool silent = false;
    std::function<void()> trouble;
    std::map<std::pair<std::string, dns::QuestionType>, dns::Answer> answers;
    std::atomic<int> asked = 0;
};

// Nobody can be reached.
class NoServers final : public dns::NameServers {
  public:
    std::vector<Result<dns::Answer>> ask(std::span<const dns::Probe> probes,
                                         std::chrono::milliseconds) override {
        asked += probes.size();
        return {probes.size(), Error{Errc::unavailable, "no answer in time"}};
    }
    std::atomic<std::size_t> asked = 0;
};

struct FakeWorld {
    FakeResolver resolver;
    NoServers servers;
    SimulatedClock clock{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
    SeededRandom random{1};
    std::vector<activation::Provider> providers;

    activation::Diagnostician diagnostician(activation::Settings settings = {}) {
        return activation::Diagnostician({resolver, servers, {}, clock, random, providers}, settings);
    }
};

inline dns::Record record(const std::string& owner, const std::string& type, const std::string& content) {
    return {name(owner), type, 300, content};
}

// An answer with a CNAME to the target, and, for a TXT, the text there.
inline dns::Answer alias_answer(const std::string& owner, const std::string& target,
                                const std::optional<std::string>& text = std::nullopt) {
    dns::Answer answer;
    answer.aliases = {{name(owner), name(target)}};
    answer.answer = {record(owner, "CNAME", target + ".")};
    if (text) {
        answer.all_texts = {{name(target), *text}};
        answer.answer.push_back(record(target, "TXT", "\"" + *text + "\""));
    }
    return answer;
}

}  // namespace custdkim::test
