#include "dns/stub_resolver.hpp"

namespace custdkim::dns {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A server that looks nothing up for us says NOERROR and points elsewhere: that is not "no such record".
Result<Answer> recursive_only(const ServerAddress& server, Result<Answer> answer) {
    if (!answer || !tells(*answer) || answer->recursion_available) return answer;
    return Error{Errc::unavailable, to_string(server) + ": is no recursive resolver, or not for us"};
}

}  // namespace

StubResolver::StubResolver(std::vector<ServerAddress> servers, Random& random, milliseconds deadline)
    : servers_(std::move(servers)), client_(random, Recursion::desired), deadline_(deadline) {}

Result<Answer> StubResolver::ask(const Name& name, QuestionType type) { return ask_all({name, type}); }

Result<Answer> StubResolver::ask_unchecked(const Name& name, QuestionType type) {
    Question question{name, type};
    question.checking_disabled = true;
    return ask_all(question);
}

Result<Answer> StubResolver::ask_all(const Question& question) const {
    const auto end = steady_clock::now() + deadline_;
    Result<Answer> best = Error{Errc::unavailable, "no resolver is configured"};
    auto servers_left = static_cast<long>(servers_.size());
    for (const ServerAddress& server : servers_) {
        const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
        auto answer = recursive_only(server, client_.ask(server, question, left / servers_left--));
        if (answer && answer->authentic) answer->security = Security::secure;
        if (answer && tells(*answer)) return answer;
        if (answer || !best) best = std::move(answer);
    }
    return best;
}

}  // namespace custdkim::dns
