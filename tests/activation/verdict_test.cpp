#include "activation/verdict.hpp"

#include <catch2/catch.hpp>

#include "tests/support/sample_keys.hpp"

using namespace custdkim;
using namespace custdkim::test;
using Catch::Matchers::Contains;
using dns::Alias;
using dns::Answer;
using dns::Text;

namespace {

const dns::Name owner = name("s1._domainkey.acme.example");
const dns::Name target = name("s1.q7w2ka.custdkim.example.net");
const dns::Name other = name("s1.other0.custdkim.example.net");
const std::string text = "v=DKIM1; k=rsa; p=abc";
const Expected expected{owner, target, text, {"v=DKIM1; k=rsa; p=", "v=DKIM1; k=rsa; p=former"}};
const Result<Answer> timeout = Error{Errc::unavailable, "192.0.2.1:53: no answer in time"};

Answer answer(std::vector<Alias> aliases, std::vector<Text> texts = {},
              std::uint16_t rcode = dns::rcode::noerror) {
    Answer made;
    made.rcode = rcode;
    made.aliases = std::move(aliases);
    made.all_texts = std::move(texts);
    return made;
}
Answer with_rcode(std::uint16_t rcode) { return answer({}, {}, rcode); }

const Answer right_cname = answer({{owner, target}});
const Answer right_txt = answer({{owner, target}}, {{target, text}});
const Answer nothing = with_rcode(dns::rcode::nxdomain);

Finding look(const Result<Answer>& cname, const Result<Answer>& txt) {
    return verdict(expected, {cname, txt});
}

bool passes(const Finding& finding) { return finding.outcome == Outcome::pass && finding.cause.empty(); }
bool fails(const Finding& finding, const std::string& cause) {
    return finding.outcome == Outcome::fail && finding.cause == cause && !finding.detail.empty() &&
           !finding.fix.empty();
}
bool is_unknown(const Finding& finding) {
    return finding.outcome == Outcome::unknown && finding.cause == "could-not-tell" &&
           !finding.detail.empty();
}

}  // namespace

TEST_CASE("A CNAME to the record, and our TXT there, is a pass") {
    CHECK(passes(look(right_cname, right_txt)));
}

TEST_CASE("A chain that ends at the record is a pass, however it is told") {
    const dns::Name hop = name("dkim.acme.example");
    const Answer whole = answer({{owner, hop}, {hop, target}}, {{target, text}});
    CHECK(passes(look(answer({{owner, hop}}), whole)));
    CHECK(passes(look(answer({{owner, hop}, {hop, target}}), whole)));
    const Answer backwards = answer({{hop, target}, {owner, hop}}, {{target, text}});
    CHECK(passes(look(answer({{owner, hop}}), backwards)));
}

TEST_CASE("A DNAME that leads to the record is a pass, with its CNAME or without") {
    const Alias dname{name("_domainkey.acme.example"), name("q7w2ka.custdkim.example.net"), true};
    CHECK(passes(look(answer({dname, {owner, target}}), answer({{owner, target}, dname}, {{target, text}}))));
    CHECK(passes(look(answer({dname}), answer({dname}, {{target, text}}))));
}

TEST_CASE("What could not be looked up decides nothing") {
    for (const Result<Answer>& silent :
         {timeout, Result<Answer>(with_rcode(2)), Result<Answer>(with_rcode(5))}) {
        CHECK(is_unknown(look(silent, right_txt)));
        CHECK(is_unknown(look(silent, silent)));
        CHECK(is_unknown(look(right_cname, silent)));
        CHECK(is_unknown(look(answer({{owner, other}}), silent)));  // a hop, perhaps
    }
    CHECK_THAT(look(timeout, timeout).detail, Contains("no answer in time"));
    CHECK_THAT(look(with_rcode(2), timeout).detail, Contains("SERVFAIL"));
}

TEST_CASE("A CNAME that is not there is missing, whatever else stands there") {
    for (const Answer& absent : {nothing, answer({})}) {
        CHECK(fails(look(absent, absent), "cname-missing"));
        CHECK(fails(look(absent, timeout), "cname-missing"));
    }
    const Finding copied = look(answer({}), answer({}, {{owner, text}}));
    CHECK(fails(copied, "cname-missing"));
    CHECK_THAT(copied.detail, Contains("there is a TXT"));
}

TEST_CASE("A CNAME that is there only sometimes is not called missing") {
    CHECK(is_unknown(look(nothing, right_txt)));
}

TEST_CASE("A CNAME that leads elsewhere has the wrong target") {
    const Finding finding = look(answer({{owner, other}}), answer({{owner, other}}, {{other, text}}));
    CHECK(fails(finding, "cname-wrong-target"));
    CHECK_THAT(finding.detail, Contains(other.text()));
    CHECK_THAT(finding.fix, Contains(target.text()));
    const dns::Name dot = name("s1.q7w2ka.custdkim.example.net.acme.example");
    CHECK(fails(look(answer({{owner, dot}}), answer({{owner, dot}}, {}, dns::rcode::nxdomain)),
                "cname-wrong-target"));
}

TEST_CASE("Two CNAMEs are one too many, even if one of them is right") {
    const Answer two = answer({{owner, target}, {owner, other}});
    CHECK(fails(look(two, right_txt), "cname-wrong-target"));
    CHECK(passes(look(answer({{owner, target}, {owner, target}}), right_txt)));
}

TEST_CASE("A chain in circles is wrong, also where the resolver gave up on it") {
    CHECK(fails(look(answer({{owner, owner}}), with_rcode(2)), "cname-wrong-target"));
    const Answer circle = answer({{owner, other}, {other, owner}});
    CHECK(fails(look(circle, circle), "cname-wrong-target"));
}

TEST_CASE("With the CNAME right and no TXT behind it, the customer is not blamed") {
    const Finding finding = look(right_cname, answer({{owner, target}}));
    CHECK(fails(finding, "record-not-seen"));
    CHECK_THAT(finding.fix, Contains("nothing can be done in the customer's DNS"));
    CHECK(fails(look(right_cname, answer({{owner, target}}, {}, dns::rcode::nxdomain)), "record-not-seen"));
}

TEST_CASE("A server that knows the CNAME only when asked for it hides our record") {
    CHECK(fails(look(right_cname, nothing), "record-not-seen"));
    CHECK_THAT(look(right_cname, nothing).fix, !Contains("nothing can be done"));
}

TEST_CASE("Another TXT than ours is another key") {
    CHECK(fails(look(right_cname, answer({{owner, target}}, {{target, "v=DKIM1; p=xyz"}})), "other-key"));
    CHECK(fails(look(right_cname, answer({{owner, target}}, {{target, text}, {target, "v=DKIM1; p=xyz"}})),
                "other-key"));
}

TEST_CASE("A TXT beside the CNAME is another key, even if it says the same today") {
    CHECK(fails(look(right_cname, answer({}, {{owner, text}})), "other-key"));
    CHECK(fails(look(right_cname, answer({{owner, target}}, {{owner, "old"}, {target, text}})), "other-key"));
}

TEST_CASE("What we published there before may come from a cache, and decides nothing") {
    CHECK(is_unknown(look(right_cname, answer({{owner, target}}, {{target, expected.former[0]}}))));
    CHECK(is_unknown(look(right_cname, answer({{owner, target}}, {{target, expected.former[1]}}))));
}

TEST_CASE("Name servers that differ about the CNAME decide nothing") {
    CHECK(is_unknown(look(right_cname, answer({{owner, other}}, {{other, text}}))));
    CHECK(fails(look(answer({{owner, other}}), right_txt), "cname-wrong-target"));
}
