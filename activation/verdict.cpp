#include "activation/verdict.hpp"

#include <optional>
#include <set>

namespace custdkim {

namespace {

using dns::Alias;
using dns::Answer;
using dns::Name;

constexpr std::size_t longest_chain = 16;  // resolvers follow 8 to 16

Finding unknown(std::string detail) {
    return {Outcome::unknown, "could-not-tell", std::move(detail), "", {}};
}

Finding fail(std::string cause, std::string detail, std::string fix) {
    return {Outcome::fail, std::move(cause), std::move(detail), std::move(fix), {}};
}

Finding wrong_target(const Expected& expected, std::string detail) {
    return fail("cname-wrong-target", std::move(detail),
                "let the CNAME at " + expected.owner.text() + " point to " + expected.target.text() +
                    " and nowhere else");
}

// "" if the answer tells something; otherwise why it does not.
std::string silence(const Result<Answer>& answer) {
    if (!answer) return answer.error().detail;
    if (answer->rcode == dns::rcode::noerror || answer->rcode == dns::rcode::nxdomain) return {};
    return "the resolver answered " + dns::rcode_name(answer->rcode);
}

// Where a DNAME sends the name (RFC 6672 section 2.2).
std::optional<Name> redirected(const Name& name, const Alias& dname) {
    const auto below = name.relative_to(dname.owner);
    if (!below || below->empty()) return std::nullopt;
    const auto target = Name::parse(std::string(*below) + "." + dname.target.text());
    return target ? std::optional(*target) : std::nullopt;
}

// Where the answer sends the name next: nowhere, to one name, or, which is an error, to several. CNAMEs count
// before DNAMEs, from which they may have been made.
std::set<Name> next_hops(const Name& name, const Answer& answer) {
    std::set<Name> hops;
    for (const Alias& alias : answer.aliases) {
        if (!alias.of_names_below && alias.owner == name) hops.insert(alias.target);
    }
    if (!hops.empty()) return hops;
    for (const Alias& alias : answer.aliases) {
        const auto hop = alias.of_names_below ? redirected(name, alias) : std::nullopt;
        if (hop) hops.insert(*hop);
    }
    return hops;
}

// The way from the owner through the aliases.
struct Chain {
    Name end;
    std::size_t hops = 0;
    std::string flaw;  // why it is none
};

void follow(Chain& chain, const Answer& answer, const Name& target) {
    while (chain.flaw.empty() && chain.end != target) {
        const auto hops = next_hops(chain.end, answer);
        if (hops.empty()) return;
        if (hops.size() > 1) {
            chain.flaw = chain.end.text() + " has " + std::to_string(hops.size()) + " CNAME records";
        } else if (++chain.hops > longest_chain || *hops.begin() == chain.end) {
            chain.flaw = "the CNAMEs at " + chain.end.text() + " lead in circles";
        } else {
            chain.end = *hops.begin();
        }
    }
}

// What stands at the record itself.
Finding judge_record(const Expected& expected, const std::vector<dns::Text>& texts) {
    const std::string where = "at " + expected.target.text();
    const std::string not_theirs = "nothing can be done in the customer's DNS: see who serves our key zone";
    if (texts.empty())
        return fail("record-not-seen", "the CNAME is right, but no TXT was seen " + where, not_theirs);
    if (texts.size() > 1) {
        return fail("other-key",
                    std::to_string(texts.size()) + " TXT records were seen " + where + ", not one",
                    not_theirs);
    }
    if (texts.front().text == expected.text) return {Outcome::pass, "", "", "", {}};
    for (const std::string& former : expected.former) {
        if (texts.front().text != former) continue;
        return unknown("what was seen " + where + " is what we published there before: a cache may have it");
    }
    return fail("other-key", "the CNAME is right, but the TXT seen " + where + " is not ours", not_theirs);
}

// The CNAME is right. What does one who asks for the TXT see?
Finding judge_text(const Expected& expected, const Answer& txt) {
    const std::string owner = expected.owner.text();
    for (const dns::Text& text : txt.all_texts) {
        if (text.owner != expected.owner) continue;
        return fail("other-key", "beside the CNAME there is a TXT at " + owner + ", which verifiers may take",
                    "delete the TXT records at " + owner);
    }
    Chain chain{expected.owner, 0, ""};
    follow(chain, txt, expected.target);
    if (chain.hops == 0) {
        return fail("record-not-seen",
                    "there is a CNAME at " + owner + ", but who asks for the TXT there is told nothing of it",
                    "let the name servers answer every question there with the CNAME");
    }
    if (chain.end != expected.target) {
        return unknown("answers differ: the TXT was looked up at " + chain.end.text() +
                       ", not where the CNAME points");
    }
    return judge_record(expected, txt.all_texts);
}

}  // namespace

Finding verdict(const Expected& expected, const Seen& seen) {
    const std::string owner = expected.owner.text();
    if (const std::string why = silence(seen.cname); !why.empty()) {
        return unknown("the CNAME at " + owner + " could not be looked up: " + why);
    }
    const std::string txt_silence = silence(seen.txt);
    const bool txt_has_alias = txt_silence.empty() && !next_hops(expected.owner, *seen.txt).empty();
    Chain chain{expected.owner, 0, ""};
    follow(chain, *seen.cname, expected.target);
    if (chain.hops == 0 && chain.flaw.empty()) {
        if (txt_has_alias) return unknown("answers differ: only sometimes there is a CNAME at " + owner);
        const bool has_text = txt_silence.empty() && !seen.txt->all_texts.empty();
        return fail(
            "cname-missing",
            has_text ? "there is a TXT at " + owner + ", but no CNAME" : "there is no CNAME at " + owner,
            "publish a CNAME at " + owner + " that points to " + expected.target.text());
    }
    // Who asks for a CNAME is told the first one; the others come with the TXT.
    const std::string first = chain.end.text();
    if (txt_silence.empty()) follow(chain, *seen.txt, expected.target);
    if (!chain.flaw.empty()) return wrong_target(expected, chain.flaw);
    if (!txt_silence.empty()) {
        return unknown("the CNAME points to " + first +
                       ", but the TXT could not be looked up: " + txt_silence);
    }
    if (chain.end == expected.target) return judge_text(expected, *seen.txt);
    return wrong_target(expected, "the CNAME points to " + first + " instead");
}

}  // namespace custdkim
