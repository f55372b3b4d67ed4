#include "activation/verdict.hpp"

#include <catch2/catch.hpp>

#include "tests/support/sample_keys.hpp"

using namespace custdkim;
using namespace custdkim::test;
using activation::Sight;
using activation::Verdict;
using Catch::Matchers::Contains;
using dns::Alias;
using dns::Answer;
using dns::Text;

namespace {

const dns::Name owner = name("s1._domainkey.acme.example");
const dns::Name target = name("s1.q7w2ka.custdkim.example.net");
const dns::Name other = name("s1.other0.custdkim.example.net");
const std::string text = "v=DKIM1; k=rsa; p=abc";
const std::vector<std::string> former{"v=DKIM1; k=rsa; p=", "v=DKIM1; k=rsa; p=former"};
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

activation::Subject subject() {
    activation::Subject made;
    made.domain = name("acme.example");
    made.selector = "s1";
    made.slot = {owner, target};
    made.text = text;
    made.former = former;
    return made;
}

Verdict look(const Result<Answer>& cname, const Result<Answer>& txt, bool strict = false,
             const activation::Subject& what = subject()) {
    activation::WorldView view(owner);
    view.cname = cname;
    view.txt = txt;
    return activation::verdict(what, strict, view);
}

bool passes(const Verdict& verdict) { return verdict.outcome == Outcome::pass; }
bool fails(const Verdict& verdict, Sight sight) {
    return verdict.outcome == Outcome::fail && verdict.sight == sight && !verdict.detail.empty();
}
bool is_unknown(const Verdict& verdict) {
    return verdict.outcome == Outcome::unknown && !verdict.detail.empty();
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
        CHECK(fails(look(absent, absent), Sight::no_cname));
        CHECK(fails(look(absent, timeout), Sight::no_cname));
    }
    const Verdict copied = look(answer({}), answer({}, {{owner, text}}));
    CHECK(fails(copied, Sight::text_instead));
    CHECK_THAT(copied.detail, Contains("there is a TXT"));
}

TEST_CASE("A CNAME that is there only sometimes is not called missing") {
    CHECK(is_unknown(look(nothing, right_txt)));
}

TEST_CASE("A CNAME that leads elsewhere has the wrong target") {
    const Verdict finding = look(answer({{owner, other}}), answer({{owner, other}}, {{other, text}}));
    CHECK(fails(finding, Sight::other_target));
    CHECK_THAT(finding.detail, Contains(other.text()));
    const dns::Name dot = name("s1.q7w2ka.custdkim.example.net.acme.example");
    CHECK(fails(look(answer({{owner, dot}}), answer({{owner, dot}}, {}, dns::rcode::nxdomain)),
                Sight::other_target));
}

TEST_CASE("Two CNAMEs are one too many, even if one of them is right") {
    const Answer two = answer({{owner, target}, {owner, other}});
    CHECK(fails(look(two, right_txt), Sight::broken_chain));
    CHECK(passes(look(answer({{owner, target}, {owner, target}}), right_txt)));
}

TEST_CASE("A chain in circles is wrong, also where the resolver gave up on it") {
    CHECK(fails(look(answer({{owner, owner}}), with_rcode(2)), Sight::broken_chain));
    const Answer circle = answer({{owner, other}, {other, owner}});
    CHECK(fails(look(circle, circle), Sight::broken_chain));
}

TEST_CASE("With the CNAME right and no TXT behind it, the customer is not blamed") {
    CHECK(fails(look(right_cname, answer({{owner, target}})), Sight::record_missing));
    CHECK(
        fails(look(right_cname, answer({{owner, target}}, {}, dns::rcode::nxdomain)), Sight::record_missing));
}

TEST_CASE("A server that knows the CNAME only when asked for it hides our record") {
    CHECK(fails(look(right_cname, nothing), Sight::text_no_alias));
}

TEST_CASE("Another TXT than ours is another key") {
    CHECK(fails(look(right_cname, answer({{owner, target}}, {{target, "v=DKIM1; p=xyz"}})),
                Sight::record_other));
    CHECK(fails(look(right_cname, answer({{owner, target}}, {{target, text}, {target, "v=DKIM1; p=xyz"}})),
                Sight::record_other));
}

TEST_CASE("A TXT beside the CNAME is another key, even if it says the same today") {
    CHECK(fails(look(right_cname, answer({}, {{owner, text}})), Sight::text_beside));
    CHECK(fails(look(right_cname, answer({{owner, target}}, {{owner, "old"}, {target, text}})),
                Sight::text_beside));
}

TEST_CASE("What we published there before may come from a cache, and decides nothing") {
    CHECK(is_unknown(look(right_cname, answer({{owner, target}}, {{target, former[0]}}))));
    CHECK(is_unknown(look(right_cname, answer({{owner, target}}, {{target, former[1]}}))));
}

TEST_CASE("Name servers that differ about the CNAME decide nothing") {
    CHECK(is_unknown(look(right_cname, answer({{owner, other}}, {{other, text}}))));
    CHECK(fails(look(answer({{owner, other}}), right_txt), Sight::other_target));
}

TEST_CASE("Hops are accepted with a note, unless the configuration is strict") {
    const dns::Name hop = name("dkim.acme.example");
    const Answer whole = answer({{owner, hop}, {hop, target}}, {{target, text}});
    const Verdict accepted = look(answer({{owner, hop}}), whole);
    CHECK((accepted.outcome == Outcome::pass && accepted.sight == Sight::hops));
    CHECK_THAT(accepted.detail, Contains("dkim.acme.example"));
    CHECK(fails(look(answer({{owner, hop}}), whole, true), Sight::hops));
    CHECK(passes(look(right_cname, right_txt, true)));
}

TEST_CASE("A chain that no resolver follows is too long") {
    std::vector<Alias> chain;
    for (int i = 0; i < 20; ++i) {
        const auto hop = [](int n) { return name("hop" + std::to_string(n) + ".acme.example"); };
        chain.push_back({i == 0 ? owner : hop(i), hop(i + 1)});
    }
    CHECK(fails(look(answer(chain), answer(chain)), Sight::broken_chain));
}

TEST_CASE("What validation rejects was not seen") {
    Answer bogus = with_rcode(2);
    bogus.security = dns::Security::bogus;
    bogus.why_bogus = "signature expired";
    const Verdict verdict = look(bogus, bogus);
    CHECK((verdict.outcome == Outcome::unknown && verdict.sight == Sight::bogus));
    CHECK_THAT(verdict.detail, Contains("signature expired"));
}

TEST_CASE("Where we do not know the key, any key will do, and nothing else") {
    activation::Subject any = subject();
    any.text.reset();
    CHECK(passes(look(right_cname, right_txt, false, any)));
    for (const char* const none : {"v=DKIM1; k=rsa; p=", "v=spf1 -all", "v=DKIM1"}) {
        INFO(none);
        CHECK(fails(look(right_cname, answer({{owner, target}}, {{target, none}}), false, any),
                    Sight::record_other));
    }
}
