#include "lab/up/world_resolver.hpp"

namespace custdkim::lab {

namespace {

constexpr std::chrono::seconds deadline{8};

// What libunbound says beside the answer.
void add_verdict(const Resolver::Outcome& outcome, dns::Answer& answer) {
    if (outcome.failed == Security::bogus) {
        answer.security = dns::Security::bogus;
        answer.why_bogus = outcome.failed.reason;
    } else {
        answer.security = outcome.message.authentic ? dns::Security::secure : dns::Security::insecure;
    }
}

}  // namespace

Result<dns::Answer> WorldResolver::ask(const dns::Name& name, dns::QuestionType type) {
    return resolve({name, type, 0, true});
}

Result<dns::Answer> WorldResolver::ask_unchecked(const dns::Name& name, dns::QuestionType type) {
    dns::Question question{name, type, 0, true};
    question.checking_disabled = true;
    return resolve(question);
}

Result<dns::Answer> WorldResolver::resolve(const dns::Question& question) const {
    const auto octets = dns::write_question(question);
    if (!octets) return octets.error();
    auto message = parse_question(*octets);
    if (!message) {
        return Error{Errc::internal, "the lab does not understand the question for " + question.name.text()};
    }
    message->authentic = true;  // asks to be told whether the answer is (RFC 6840 section 5.7)
    lab::Resolver resolver(parts_, clock_);
    resolver.remember(remembered_for(message->questions.front().name));
    const auto outcome = resolver.resolve(*message);
    if (outcome.delay > deadline) return Error{Errc::unavailable, "no answer in time"};
    auto answer = dns::read_answer(write_message(outcome.message), question);
    if (!answer) return answer.error();
    if (!*answer) {
        return Error{Errc::internal,
                     "the lab answered another question than that for " + question.name.text()};
    }
    if (!question.checking_disabled) add_verdict(outcome, **answer);
    return **answer;
}

void WorldResolver::remember(const dns::Name& domain, std::vector<FindingPointer> findings) {
    const auto name = wire_name(domain.text());
    if (!name) return;
    const std::lock_guard lock(mutex_);
    remembered_.insert_or_assign(fold_case(*name), std::move(findings));
}

void WorldResolver::forget(const dns::Name& domain) {
    const auto name = wire_name(domain.text());
    if (!name) return;
    const WireName folded = fold_case(*name);
    const std::lock_guard lock(mutex_);
    std::erase_if(remembered_, [&](const auto& entry) { return is_at_or_below(entry.first, folded); });
}

// What other resolvers know of the customers at and above this name.
WorldResolver::Findings WorldResolver::remembered_for(const WireName& name) const {
    const std::lock_guard lock(mutex_);
    Findings findings;
    if (remembered_.empty()) return findings;
    for (WireName at = fold_case(name); label_count(at) > 0; at = parent(at)) {
        const auto found = remembered_.find(at);
        if (found != remembered_.end()) {
            findings.insert(findings.end(), found->second.begin(), found->second.end());
        }
    }
    return findings;
}

}  // namespace custdkim::lab
