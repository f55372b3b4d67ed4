#include "keys/customer_dns.hpp"

#include <algorithm>

namespace custdkim {

namespace {

// Not in the middle of a character (RFC 3629 section 3).
void cut(std::string& text, std::size_t octets) {
    if (text.size() <= octets) return;
    while (octets > 0 && (static_cast<unsigned char>(text[octets]) & 0xc0U) == 0x80U) --octets;
    text.resize(octets);
}

void bound(std::vector<std::string>& lines, std::size_t most) {
    if (lines.size() > most) lines.resize(most);
    for (std::string& line : lines) {
        std::replace(line.begin(), line.end(), '\n', ' ');
        cut(line, most_line_octets);
    }
}

void record_failure(SlotCheck& check, Timestamp now) {
    const bool is_new_run = check.passing_since || !check.failing_since;
    if (is_new_run) {
        check.failing_since = now;
        check.failed_looks = 0;
    }
    ++check.failed_looks;
    check.last_failed_at = now;
    check.passing_since.reset();
}

}  // namespace

Finding bounded(Finding finding) {
    cut(finding.cause, most_line_octets);
    cut(finding.detail, most_text_octets);
    cut(finding.fix, most_text_octets);
    bound(finding.candidates, most_candidates);
    bound(finding.evidence, most_evidence_lines);
    // What is as it should be needs no evidence: nearly all looks are such, and all of them are stored.
    if (finding.outcome == Outcome::pass && finding.cause.empty()) finding.evidence.clear();
    return finding;
}

void record_look(Slot& slot, SlotLook look, Timestamp now) {
    SlotCheck& check = slot.check;
    switch (look.finding.outcome) {
        case Outcome::pass:
            check.verified_at = now;
            check.verified_pair = look.pair;
            if (!check.passing_since) check.passing_since = now;
            break;
        case Outcome::fail: record_failure(check, now); break;
        case Outcome::unknown: break;  // R5
    }
    check.last = bounded(std::move(look.finding));
    check.last->checked_at = now;
}

}  // namespace custdkim
