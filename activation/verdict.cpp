#include "activation/verdict.hpp"

#include <algorithm>

namespace custdkim::activation {

namespace {

using dns::Answer;
using dns::Name;

// "" if the answer tells something; otherwise why it does not.
std::string silence(const Result<Answer>& answer) {
    if (!answer) return answer.error().detail;
    if (answer->security == dns::Security::bogus) {
        return "DNSSEC validation rejects it" +
               (answer->why_bogus.empty() ? std::string() : ": " + answer->why_bogus);
    }
    if (dns::tells(*answer)) return {};
    return "the resolver answered " + dns::rcode_name(answer->rcode);
}

bool is_bogus(const Result<Answer>& answer) { return answer && answer->security == dns::Security::bogus; }

// A key record (RFC 6376 section 3.6.1) with a key in it.
bool is_key_record(const std::string& text) {
    const auto p = text.find("p=");
    return p != std::string::npos && p + 2 < text.size() && text[p + 2] != ';';
}

// What stands at the record itself.
Verdict judge_record(const Subject& subject, const std::vector<dns::Text>& texts) {
    const std::string where = "at " + subject.slot.target.text();
    if (texts.empty())
        return {Outcome::fail, Sight::record_missing, "the CNAME is right, but no TXT was seen " + where};
    if (texts.size() > 1) {
        return {Outcome::fail, Sight::record_other,
                std::to_string(texts.size()) + " TXT records were seen " + where + ", not one"};
    }
    const std::string& seen = texts.front().text;
    if (subject.text ? seen == *subject.text : is_key_record(seen)) return {Outcome::pass, Sight::right, ""};
    if (!subject.text) {
        return {Outcome::fail, Sight::record_other,
                "the CNAME is right, but the TXT seen " + where + " is no DKIM key"};
    }
    if (std::find(subject.former.begin(), subject.former.end(), seen) != subject.former.end()) {
        return {Outcome::unknown, Sight::record_former,
                "what was seen " + where + " is what we published there before: a cache may have it"};
    }
    return {Outcome::fail, Sight::record_other,
            "the CNAME is right, but the TXT seen " + where + " is not ours"};
}

// The CNAME is right. What does one who asks for the TXT see?
Verdict judge_text(const Subject& subject, const Answer& txt) {
    const std::string owner = subject.slot.owner.text();
    for (const dns::Text& text : txt.all_texts) {
        if (text.owner != subject.slot.owner) continue;
        return {Outcome::fail, Sight::text_beside,
                "beside the CNAME there is a TXT at " + owner + ", which verifiers may take"};
    }
    Chain chain{subject.slot.owner};
    chain.follow(txt, subject.slot.target);
    if (chain.hops() == 0) {
        return {Outcome::fail, Sight::text_no_alias,
                "there is a CNAME at " + owner + ", but who asks for the TXT there is told nothing of it"};
    }
    if (chain.end() != subject.slot.target) {
        return {Outcome::unknown, Sight::sometimes,
                "answers differ: the TXT was looked up at " + chain.end().text() +
                    ", not where the CNAME points"};
    }
    return judge_record(subject, txt.all_texts);
}

std::string flaw_text(const Chain& chain) {
    switch (chain.flaw) {
        case Chain::Flaw::several:
            return chain.end().text() + " has " + std::to_string(chain.several.size()) + " CNAME records";
        case Chain::Flaw::circle: return "the CNAMEs at " + chain.end().text() + " lead in circles";
        case Chain::Flaw::too_long:
            return "more than " + std::to_string(longest_chain) + " CNAMEs follow one another";
        case Chain::Flaw::none: break;
    }
    return {};
}

Verdict no_alias(const Subject& subject, const WorldView& view, bool text_tells) {
    const std::string owner = subject.slot.owner.text();
    if (text_tells && !next_hops(subject.slot.owner, *view.txt).empty()) {
        return {Outcome::unknown, Sight::sometimes,
                "answers differ: only sometimes there is a CNAME at " + owner};
    }
    if (text_tells && !view.txt->all_texts.empty()) {
        return {Outcome::fail, Sight::text_instead, "there is a TXT at " + owner + ", but no CNAME"};
    }
    return {Outcome::fail, Sight::no_cname, "there is no CNAME at " + owner};
}

std::string way_of(const Chain& chain) {
    std::string way;
    for (std::size_t i = 1; i + 1 < chain.names.size(); ++i) {
        way += (way.empty() ? "" : ", ") + chain.names[i].text();
    }
    return way;
}

Verdict with_hops(Verdict verdict, const Chain& chain, bool strict) {
    if (verdict.outcome != Outcome::pass || chain.hops() < 2) return verdict;
    const std::string way = "the CNAME leads to the target by way of " + way_of(chain);
    if (strict) return {Outcome::fail, Sight::hops, way + ", and it must lead there at once"};
    return {Outcome::pass, Sight::hops, way + "; that is accepted"};
}

}  // namespace

Verdict verdict(const Subject& subject, bool strict, WorldView& view) {
    const std::string owner = subject.slot.owner.text();
    if (const std::string why = silence(view.cname); !why.empty()) {
        return {Outcome::unknown, is_bogus(view.cname) ? Sight::bogus : Sight::not_seen,
                "the CNAME at " + owner + " could not be looked up: " + why};
    }
    const std::string txt_silence = silence(view.txt);
    view.chain.follow(*view.cname, subject.slot.target);
    if (view.chain.hops() == 0 && view.chain.flaw == Chain::Flaw::none) {
        return no_alias(subject, view, txt_silence.empty());
    }
    // Who asks for a CNAME is told the first one; the others come with the TXT.
    const std::string first = view.chain.end().text();
    if (txt_silence.empty()) view.chain.follow(*view.txt, subject.slot.target);
    if (view.chain.flaw != Chain::Flaw::none) {
        return {Outcome::fail, Sight::broken_chain, flaw_text(view.chain)};
    }
    if (!txt_silence.empty()) {
        return {Outcome::unknown, is_bogus(view.txt) ? Sight::bogus : Sight::text_not_seen,
                "the CNAME points to " + first + ", but the TXT could not be looked up: " + txt_silence};
    }
    if (view.chain.end() == subject.slot.target) {
        return with_hops(judge_text(subject, *view.txt), view.chain, strict);
    }
    return {Outcome::fail, Sight::other_target, "the CNAME points to " + first + " instead"};
}

}  // namespace custdkim::activation
