#include "activation/evidence_text.hpp"

#include <algorithm>

#include "activation/record_reading.hpp"
#include "activation/resolver_as_server.hpp"
#include "dns/record_text.hpp"

namespace custdkim::activation {

using dns::Answer;
using dns::QuestionType;
using dns::Record;

namespace {

constexpr std::size_t most_lines = 64, longest_line = 300, most_records = 6;

class Lines {
  public:
    void add(std::string line) {
        if (lines_.size() >= most_lines) return;
        for (char& letter : line) {
            if (letter == '\t') letter = ' ';
        }
        if (line.size() > longest_line) line = line.substr(0, longest_line - 3) + "...";
        lines_.push_back(std::move(line));
    }
    void add(const Result<Answer>& answer) {
        if (!answer) return;
        std::size_t count = 0;
        for (const Record& record : answer->answer) {
            if (count++ < most_records) add(dns::dig_line(record));
        }
    }
    std::vector<std::string> take() { return std::move(lines_); }

  private:
    std::vector<std::string> lines_;
};

std::string outcome_of(const Result<Answer>& answer) {
    if (!answer) return answer.error().detail;
    std::string text = dns::rcode_name(answer->rcode);
    if (answer->truncated) return text + ", truncated";
    if (answer->serial) text += ", serial " + std::to_string(*answer->serial);
    if (answer->answer.empty() && answer->rcode == dns::rcode::noerror) text += ", no record";
    if (answer->security == dns::Security::bogus) text += ", bogus: " + answer->why_bogus;
    for (const dns::ExtendedError& error : answer->extended_errors) {
        text += ", EDE " + std::to_string(error.code) + (error.text.empty() ? "" : " (" + error.text + ")");
    }
    return text;
}

std::string command(const Observations::Observation& seen) {
    const dns::Probe& probe = seen.probe;
    const std::string what = probe.name.text() + ". " + dns::question_type_name(probe.type);
    if (probe.server == ResolverAsServer::server().address) return "; dig " + what;
    std::string text = "; dig @" + probe.server.address;
    if (probe.server.port != 53) text += " -p " + std::to_string(probe.server.port);
    text += " +norecurse";
    if (probe.transport == dns::Transport::tcp) text += " +tcp";
    if (!probe.edns) text += " +noedns";
    if (probe.dnssec_ok) text += " +dnssec";
    return text + " " + what;
}

void add_world(Lines& lines, const Evidence& evidence) {
    const std::string owner = evidence.subject.slot.owner.text() + ". ";
    lines.add("; dig " + owner + "CNAME: " + outcome_of(evidence.world.cname));
    lines.add(evidence.world.cname);
    lines.add("; dig " + owner + "TXT: " + outcome_of(evidence.world.txt));
    lines.add(evidence.world.txt);
}

void add_zone(Lines& lines, const Evidence& evidence) {
    for (const Delegation& cut : evidence.delegations.cuts) {
        if (&cut != evidence.delegations.zone()) continue;
        std::string names;
        for (const dns::Name& name : cut.names) names += " " + name.text() + ".";
        lines.add("; the name servers of " + cut.zone.text() + (cut.is_parents ? ", says its parent:" : ":") +
                  names);
        for (const Record& ds : cut.ds) lines.add(dns::dig_line(ds));
    }
    if (!evidence.delegations.trouble.empty()) lines.add("; " + evidence.delegations.trouble);
}

// Of the many questions those whose answers say something.
bool is_telling(const Evidence& evidence, const Observations::Observation& seen) {
    const QuestionType type = seen.probe.type;
    const bool is_core = seen.probe.edns && !seen.probe.dnssec_ok &&
                         seen.probe.transport == dns::Transport::udp &&
                         ((seen.probe.name == evidence.subject.slot.owner &&
                           (type == QuestionType::cname || type == QuestionType::txt)) ||
                          (seen.probe.name == evidence.zone() && type == QuestionType::soa));
    if (is_core) return true;
    if (!seen.answer || seen.answer->answer.empty()) return false;
    return type != QuestionType::ns && type != QuestionType::dnskey && !seen.probe.dnssec_ok &&
           seen.probe.transport == dns::Transport::udp;
}

}  // namespace

std::vector<std::string> evidence_lines(const Evidence& evidence) {
    Lines lines;
    add_world(lines, evidence);
    add_zone(lines, evidence);
    for (const auto& seen : evidence.direct.all()) {
        if (!is_telling(evidence, seen)) continue;
        lines.add(command(seen) + ": " + outcome_of(seen.answer));
        const bool is_soa = seen.probe.type == QuestionType::soa && seen.answer && seen.answer->serial;
        if (!is_soa) lines.add(seen.answer);
    }
    if (evidence.world_target) {
        lines.add("; dig " + evidence.subject.slot.target.text() +
                  ". TXT: " + outcome_of(*evidence.world_target));
        lines.add(*evidence.world_target);
    }
    return lines.take();
}

}  // namespace custdkim::activation
