#include "lab/up/world_resolver.hpp"

namespace custdkim::lab {

namespace {

constexpr std::chrono::seconds deadline{8};

}  // namespace

Result<dns::Answer> WorldResolver::ask(const dns::Name& name, dns::QuestionType type) {
    const dns::Question question{name, type, 0, true};
    const auto octets = dns::write_question(question);
    if (!octets) return octets.error();
    const auto message = parse_question(*octets);
    if (!message) return Error{Errc::internal, "the lab does not understand the question for " + name.text()};
    lab::Resolver resolver(parts_, clock_);
    const auto outcome = resolver.resolve(*message);
    if (outcome.delay > deadline) return Error{Errc::unavailable, "no answer in time"};
    const auto answer = dns::read_answer(write_message(outcome.message), question);
    if (!answer) return answer.error();
    if (!*answer)
        return Error{Errc::internal, "the lab answered another question than that for " + name.text()};
    return **answer;
}

}  // namespace custdkim::lab
