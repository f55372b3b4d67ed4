#include "lab/resolver/resolver.hpp"

#include <algorithm>

#include "lab/resolver/answer.hpp"
#include "lab/resolver/validator.hpp"

namespace custdkim::lab {

namespace {

constexpr unsigned most_restarts = 11;  // aliases whose targets had to be asked for; as in Unbound
constexpr std::size_t most_steps = 64;  // aliases at all
constexpr std::uint16_t ixfr = 251, axfr = 252, first_meta = 128;

// What is answered without looking anything up.
std::optional<std::uint16_t> refusal_of(const Message& question) {
    if (question.opcode != 0) return rcode::notimp;
    if (question.questions.size() != 1) return rcode::formerr;
    if (question.edns && question.edns->version != 0) return rcode::badvers;
    const Question& asked = question.questions.front();
    if (asked.klass != 1 || asked.type == axfr || asked.type == ixfr) return rcode::refused;
    const bool is_meta = asked.type >= first_meta && asked.type < type::any;
    if (is_meta || asked.type == type::opt || asked.type == 0) return rcode::formerr;
    return std::nullopt;
}

}  // namespace

class Resolver::State {
  public:
    State(Parts parts, const Clock& clock, ResolverSettings settings)
        : parts_(std::move(parts)),
          settings_(settings),
          clock_(clock),
          iteration_(parts_, settings_),
          validator_(iteration_, parts_.trust_anchor, settings_) {}

    std::optional<Message> from_cache(const Message& question) {
        if (const auto refusal = refusal_of(question)) return refuse(question, *refusal);
        const Question& asked = question.questions.front();
        Chain chain;
        WireName name = fold_case(asked.name);
        const Timestamp now = clock_.now();
        if (is_beyond(name)) {
            if (parts_.upstream) return std::nullopt;
            return refuse(question, rcode::refused);
        }
        while (true) {
            auto finding = iteration_.remembered(name, asked.type, now);
            const bool is_judged = finding && !must_be_judged(*finding, question);
            if (!is_judged) return std::nullopt;
            chain.steps.push_back({finding, false});
            if (!move_on(chain, asked.type, name)) break;
            if (parts_.upstream && is_beyond(name)) return std::nullopt;
        }
        return make_answer(question, chain, now);
    }

    Outcome resolve(const Message& question) {
        if (auto known = from_cache(question)) return {std::move(*known), {}};
        if (!question.recursion_desired) return {refuse(question, rcode::refused), {}};
        const Question& asked = question.questions.front();
        Work work;
        work.now = clock_.now();
        Chain chain;
        WireName name = fold_case(asked.name);
        unsigned asked_for = 0;
        do {
            if (parts_.upstream && is_beyond(name)) {
                chain.beyond = ask_upstream(question, name);
                break;
            }
            chain.steps.push_back(step(question, name, work, asked_for));
            if (asked_for > 1 + most_restarts) chain.is_broken = true;
        } while (!chain.is_broken && move_on(chain, asked.type, name));
        return {make_answer(question, chain, work.now), work.delay, failure_of(question, chain)};
    }

    void flush() {
        iteration_.flush();
        validator_.flush();
    }

    void flush(const WireName& at_or_below) {
        const WireName folded = fold_case(at_or_below);
        iteration_.flush(folded);
        validator_.flush(folded);
    }

    std::size_t cached() const { return iteration_.cached(); }

    std::vector<FindingPointer> remembered(const WireName& at_or_below) const {
        return iteration_.kept(fold_case(at_or_below));
    }

    void remember(const std::vector<FindingPointer>& findings) {
        for (const FindingPointer& finding : findings) iteration_.keep(finding);
    }

  private:
    bool is_beyond(const WireName& name) const { return parts_.is_ours && !parts_.is_ours(name); }

    static bool must_be_judged(const Finding& finding, const Message& question) {
        return !question.checking_disabled && finding.kind != Finding::Kind::failure &&
               finding.verdict == Security::unchecked;
    }

    static Verdict failure_of(const Message& question, const Chain& chain) {
        for (const Step& step : chain.steps) {
            const Verdict& verdict = step.finding->verdict;
            if (!question.checking_disabled && verdict == Security::bogus) return verdict;
        }
        return {};
    }

    Step step(const Message& question, const WireName& name, Work& work, unsigned& asked_for) {
        const std::uint16_t type = question.questions.front().type;
        Step step{iteration_.remembered(name, type, work.now), false};
        if (!step.finding) {
            ++asked_for;
            step = {iteration_.ask(name, type, work), true};
        }
        if (must_be_judged(*step.finding, question)) step = {validator_.judge(step.finding, work), true};
        return step;
    }

    // To the target of an alias; false at the end of the chain.
    static bool move_on(Chain& chain, std::uint16_t type, WireName& name) {
        const Finding& last = *chain.steps.back().finding;
        if (!leads_on(last, type)) return false;
        const WireName target = fold_case(target_of(last.records.front()));
        const bool was_there = std::any_of(chain.steps.begin(), chain.steps.end(),
                                           [&](const Step& step) { return step.finding->name == target; });
        if (was_there || target.empty() || chain.steps.size() >= most_steps) {
            chain.is_broken = true;
            return false;
        }
        name = target;
        return true;
    }

    Message ask_upstream(const Message& question, const WireName& name) {
        Message forwarded = question;
        if (fold_case(question.questions.front().name) != name) forwarded.questions.front().name = name;
        auto response = parts_.upstream(forwarded);
        return response ? std::move(*response) : refuse(question, rcode::servfail);
    }

    const Parts parts_;
    const ResolverSettings settings_;
    const Clock& clock_;
    Iteration iteration_;
    Validator validator_;
};

Resolver::Resolver(Parts parts, const Clock& clock, ResolverSettings settings)
    : state_(std::make_unique<State>(std::move(parts), clock, settings)) {}
Resolver::~Resolver() = default;

std::optional<Message> Resolver::from_cache(const Message& question) { return state_->from_cache(question); }
Resolver::Outcome Resolver::resolve(const Message& question) { return state_->resolve(question); }
void Resolver::flush() { state_->flush(); }
void Resolver::flush(const WireName& at_or_below) { state_->flush(at_or_below); }
std::size_t Resolver::cached() const { return state_->cached(); }
std::vector<FindingPointer> Resolver::remembered(const WireName& at_or_below) const {
    return state_->remembered(at_or_below);
}
void Resolver::remember(const std::vector<FindingPointer>& findings) { state_->remember(findings); }

}  // namespace custdkim::lab
