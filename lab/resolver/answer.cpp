#include "lab/resolver/answer.hpp"

#include <algorithm>

namespace custdkim::lab {

namespace {

constexpr std::uint16_t dnssec_bogus = 6;

std::uint32_t remaining_ttl(const Finding& finding, Timestamp now) {
    const auto age = std::max<std::int64_t>((now - finding.stored).count(), 0);
    return age >= finding.ttl ? 0 : finding.ttl - static_cast<std::uint32_t>(age);
}

class Writer {
  public:
    Writer(Message& response, const Question& asked, bool dnssec_ok, Timestamp now)
        : response_(response),
          asked_(asked),
          folded_(fold_case(asked.name)),
          dnssec_ok_(dnssec_ok),
          now_(now) {}

    void add(const Finding& finding) {
        add(response_.answer, finding.dname, finding);
        add(response_.answer, finding.records, finding);
        if (dnssec_ok_) add(response_.answer, finding.signatures, finding);
        add(response_.authority, finding.proof, finding);
    }

  private:
    void add(Records& section, const Records& records, const Finding& finding) {
        const std::uint32_t ttl = remaining_ttl(finding, now_);
        for (const ResourceRecord& record : records) {
            const bool is_dnssec = record.type == type::rrsig || record.type == type::nsec;
            if (is_dnssec && !dnssec_ok_ && asked_.type != record.type && asked_.type != type::any) continue;
            section.push_back(record);
            section.back().ttl = ttl;
            // As the compression of names makes it look in what real resolvers send.
            if (record.owner.size() == folded_.size() && fold_case(record.owner) == folded_) {
                section.back().owner = asked_.name;
            }
        }
    }

    Message& response_;
    const Question& asked_;
    const WireName folded_;
    const bool dnssec_ok_;
    const Timestamp now_;
};

Message fail(const Message& question, const Step* bogus_step) {
    Message response = refuse(question, rcode::servfail);
    if (!bogus_step || !response.edns) return response;
    // What the cache knows to be bogus, Unbound 1.17 calls just that, whatever it said the first time.
    const Verdict& verdict = bogus_step->finding->verdict;
    if (!bogus_step->is_fresh) {
        add_extended_error(*response.edns, dnssec_bogus);
    } else if (verdict.extended_error != 0) {
        add_extended_error(*response.edns, verdict.extended_error, verdict.reason);
    }
    return response;
}

void add_upstream(Message& response, const Message& beyond) {
    response.rcode = beyond.rcode;
    response.answer.insert(response.answer.end(), beyond.answer.begin(), beyond.answer.end());
    response.authority.insert(response.authority.end(), beyond.authority.begin(), beyond.authority.end());
}

}  // namespace

Message refuse(const Message& question, std::uint16_t rcode) {
    Message response = response_to(question, rcode);
    response.recursion_available = true;
    return response;
}

Message make_answer(const Message& question, const Chain& chain, Timestamp now) {
    const bool checks = !question.checking_disabled;
    bool is_secure = !chain.beyond && !chain.steps.empty();
    for (const Step& step : chain.steps) {
        if (checks && step.finding->verdict == Security::bogus) return fail(question, &step);
        is_secure = is_secure && step.finding->verdict == Security::secure;
    }
    if (chain.is_broken) return fail(question, nullptr);
    if (!chain.steps.empty() && chain.steps.back().finding->kind == Finding::Kind::failure) {
        return fail(question, nullptr);
    }
    Message response = refuse(question, rcode::noerror);
    const bool dnssec_ok = question.edns && question.edns->dnssec_ok;
    Writer writer(response, question.questions.front(), dnssec_ok, now);
    for (const Step& step : chain.steps) writer.add(*step.finding);
    if (chain.beyond) {
        add_upstream(response, *chain.beyond);
    } else if (chain.steps.back().finding->kind == Finding::Kind::nxdomain) {
        response.rcode = rcode::nxdomain;
    }
    response.authentic = is_secure && checks && (dnssec_ok || question.authentic);
    return response;
}

}  // namespace custdkim::lab
