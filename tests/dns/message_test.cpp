#include "dns/message.hpp"

#include <ldns/ldns.h>

#include <catch2/catch.hpp>
#include <memory>

#include "base/random.hpp"
#include "tests/dns/wire.hpp"

using namespace custdkim;
using namespace custdkim::test;
using dns::Answer;
using dns::Question;
using dns::QuestionType;

namespace {

const dns::Name name = dns::Name::parse("s1.q7w2ka.custdkim.example.net").value();
const Question txt_question{name, QuestionType::txt, 0x1234};
const Question soa_question{name, QuestionType::soa, 0x1234};

std::optional<Answer> read(const std::string& message, const Question& question = txt_question) {
    return dns::read_answer(octets(message), question).value();
}

bool is_broken(const std::string& message, const Question& question = txt_question) {
    const auto answer = dns::read_answer(octets(message), question);
    return answer.has_error() && answer.error().code == Errc::corrupt;
}

std::string answer_with(const std::vector<std::string>& records, unsigned flags = good_flags,
                        const Question& question = txt_question) {
    return answer_to(query_for(question), records, flags);
}

}  // namespace

TEST_CASE("A question is what ldns reads as one, without recursion and with room for an answer") {
    const std::string wire = query_for(txt_question);
    ldns_pkt* raw = nullptr;
    REQUIRE(ldns_wire2pkt(&raw, octets(wire).data(), wire.size()) == LDNS_STATUS_OK);
    const std::unique_ptr<ldns_pkt, decltype(&ldns_pkt_free)> packet(raw, &ldns_pkt_free);
    CHECK(ldns_pkt_id(raw) == 0x1234);
    CHECK_FALSE(ldns_pkt_qr(raw));
    CHECK_FALSE(ldns_pkt_rd(raw));
    CHECK(ldns_pkt_edns_udp_size(raw) == 1232);
    REQUIRE(ldns_pkt_qdcount(raw) == 1);
    const ldns_rr* const question = ldns_rr_list_rr(ldns_pkt_question(raw), 0);
    CHECK(ldns_rr_get_type(question) == LDNS_RR_TYPE_TXT);
    CHECK(ldns_rr_get_class(question) == LDNS_RR_CLASS_IN);
    const std::unique_ptr<char, decltype(&std::free)> text(ldns_rdf2str(ldns_rr_owner(question)), &std::free);
    CHECK(text.get() == name.text() + ".");
}

TEST_CASE("A question to a resolver desires recursion") {
    const std::string wire = query_for({name, QuestionType::cname, 1, true});
    CHECK((wire[2] & 1) == 1);
    CHECK(question_of(wire).ends_with(word(5) + word(1)));
}

TEST_CASE("A question has the switches that are asked for, and no others") {
    const auto bits_of = [](const Question& question) {
        return static_cast<unsigned char>(query_for(question)[3]);
    };
    const auto records_of = [](const Question& question) { return query_for(question)[11]; };
    CHECK(bits_of(txt_question) == 0);
    CHECK(records_of(txt_question) == 1);
    CHECK(query_for(txt_question).ends_with(double_word(0) + word(0)));
    Question question{name, QuestionType::txt, 1, true};
    CHECK(bits_of(question) == 0x20);  // AD: RFC 6840 section 5.7
    question.checking_disabled = true;
    CHECK(bits_of(question) == 0x30);
    question.dnssec_ok = true;
    CHECK(query_for(question).ends_with(double_word(0x8000) + word(0)));
    question.edns = false;
    CHECK(records_of(question) == 0);
    CHECK(query_for(question).ends_with(word(16) + word(1)));
}

TEST_CASE("The strings of a TXT are joined, and every TXT is told") {
    const auto answer = read(answer_with({txt({"v=DKIM1; ", "", "p=abc"}), txt({"other"})}));
    REQUIRE(answer);
    CHECK(answer->rcode == 0);
    CHECK(answer->authoritative);
    CHECK_FALSE(answer->truncated);
    CHECK(answer->texts == std::vector<std::string>{"v=DKIM1; p=abc", "other"});
    CHECK_FALSE(answer->serial);
}

TEST_CASE("The serial of an SOA is told") {
    const auto answer = read(answer_with({soa(4026532101)}, good_flags, soa_question), soa_question);
    REQUIRE(answer);
    CHECK(answer->serial == 4026532101U);
    CHECK(answer->texts.empty());
}

TEST_CASE("An answer tells its rcode, with the bits that EDNS adds, and whether it has authority") {
    CHECK(read(answer_with({}, response_flag | 3))->rcode == 3);
    CHECK_FALSE(read(answer_with({}, response_flag | 3))->authoritative);
    const std::string query = query_for(txt_question);
    const std::string opt = record(41, "", std::string(1, '\0'), 1232, 1 << 24);
    const auto bad_version = read(header(id_of(query), response_flag, 1, 0, 0, 1) + question_of(query) + opt);
    REQUIRE(bad_version);
    CHECK(dns::rcode_name(bad_version->rcode) == "RCODE16");
    CHECK(dns::rcode_name(0) == "NOERROR");
    CHECK(dns::rcode_name(5) == "REFUSED");
}

TEST_CASE("Letter case does not matter in an answer's question and owner names") {
    std::string query = query_for(txt_question);
    for (char& c : query) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    const auto answer = read(answer_to(query, {txt({"x"}), txt({"y"}, wire_name(name.text()))}));
    REQUIRE(answer);
    CHECK(answer->texts.size() == 2);
}

TEST_CASE("Records of other names, types and classes, and in other sections, are not the answer's") {
    const std::string query = query_for(txt_question);
    const std::string other_class = record(16, "\1x", name_of_question, 3);
    const std::vector<std::string> records{txt({"x"}, wire_name("s2.q7w2ka.custdkim.example.net")),
                                           other_class, record(1, "abcd"), soa(1)};
    const auto answer = read(answer_to(query, records));
    REQUIRE(answer);
    CHECK(answer->texts.empty());
    CHECK_FALSE(answer->serial);
    const auto elsewhere =
        read(header(id_of(query), good_flags, 1, 0, 1, 1) + question_of(query) + txt({"x"}) + txt({"x"}));
    REQUIRE(elsewhere);
    CHECK(elsewhere->texts.empty());
}

TEST_CASE("The aliases that led to a TXT are told, in their order") {
    const std::string old = "s1._domainkey.acme.example", next = "s1.q7w2ka.old.example";
    const dns::Name target = dns::Name::parse("s1.q7w2ka.new.example").value();
    const std::string query = query_for({dns::Name::parse(old).value(), QuestionType::txt, 7, true});
    const auto answer = dns::read_answer(
        octets(answer_to(query,
                         {cname("S1.q7w2ka.OLD.example"), dname("new.example", "old.example"),
                          cname(target.text(), wire_name(next)),
                          txt({"v=DKIM1; ", "p=abc"}, wire_name(target.text())), record(1, "abcd")},
                         response_flag | recursion_flag)),
        {dns::Name::parse(old).value(), QuestionType::txt, 7});
    REQUIRE(answer.has_value());
    REQUIRE(answer->has_value());
    const auto named = [](std::string_view text) { return dns::Name::parse(text).value(); };
    CHECK((*answer)->aliases == std::vector<dns::Alias>{{named(old), named(next), false},
                                                        {named("old.example"), named("new.example"), true},
                                                        {named(next), target, false}});
    CHECK((*answer)->all_texts == std::vector<dns::Text>{{target, "v=DKIM1; p=abc"}});
    CHECK((*answer)->texts.empty());  // not at the name that was asked for
    CHECK((*answer)->recursion_available);
}

TEST_CASE("An alias whose target is cut or leaves its record is refused") {
    const Question question{name, QuestionType::cname, 0x1234};
    CHECK(read(answer_with({cname("a.example")}, good_flags, question), question)->aliases.size() == 1);
    for (const std::string& rdata : {std::string(), std::string("\3abc"), wire_name("a.example") + "x"}) {
        CHECK(is_broken(answer_with({record(5, rdata), record(1, "abcd")}, good_flags, question), question));
    }
}

TEST_CASE("A message with another id, or that is no response, is not for us") {
    CHECK_FALSE(read(""));
    CHECK_FALSE(read("\x12\x34"));
    CHECK_FALSE(read(query_for(txt_question)));
    CHECK_FALSE(read(answer_to(query_for({name, QuestionType::txt, 0x1235}), {txt({"x"})})));
    CHECK_FALSE(read(answer_with({txt({"x"})}, good_flags | 0x2800)));  // opcode UPDATE
}

TEST_CASE("A message that answers another question is not for us") {
    const dns::Name other = dns::Name::parse("s2.q7w2ka.custdkim.example.net").value();
    CHECK_FALSE(read(answer_to(query_for({other, QuestionType::txt, 0x1234}), {txt({"x"})})));
    CHECK_FALSE(read(answer_with({txt({"x"})}), soa_question));
    const std::string query = query_for(txt_question);
    const std::string question = question_of(query);
    CHECK_FALSE(read(header(id_of(query), good_flags, 0, 1) + txt({"x"})));
    CHECK_FALSE(read(header(id_of(query), good_flags, 2, 0) + question + question));
    CHECK_FALSE(
        read(header(id_of(query), good_flags, 1, 0) + question.substr(0, question.size() - 2) + word(3)));
}

TEST_CASE("A server that refuses may leave the question out") {
    const auto answer = read(header(id_of(query_for(txt_question)), response_flag | 1, 0, 0));
    REQUIRE(answer);
    CHECK(dns::rcode_name(answer->rcode) == "FORMERR");
    CHECK_FALSE(read(header(id_of(query_for(txt_question)), response_flag | 3, 0, 0)));
}

TEST_CASE("Nothing is read of a truncated answer but that it is truncated") {
    const auto answer = read(answer_with({txt({"x"})}, good_flags | truncated_flag));
    REQUIRE(answer);
    CHECK(answer->truncated);
    CHECK(answer->texts.empty());
}

TEST_CASE("An answer that was cut is never taken for a whole one") {
    const std::string whole_txt = answer_with({txt({"v=DKIM1; p=", "abc"}), txt({"d"})});
    const std::string whole_soa = answer_with({soa(7)}, good_flags, soa_question);
    for (std::size_t size = 0; size < whole_txt.size(); ++size) {
        const auto answer = dns::read_answer(octets(whole_txt.substr(0, size)), txt_question);
        CHECK((answer.has_error() || !*answer));
    }
    for (std::size_t size = 0; size < whole_soa.size(); ++size) {
        const auto answer = dns::read_answer(octets(whole_soa.substr(0, size)), soa_question);
        CHECK((answer.has_error() || !*answer));
    }
}

TEST_CASE("Strings and names that leave their record are refused") {
    CHECK(is_broken(answer_with({record(16, "\5abc"), record(1, "abcd")})));
    const auto soa_of = [](std::size_t octets) {
        return answer_with({record(6, std::string(octets, '\0')), record(1, "abcd")}, good_flags,
                           soa_question);
    };
    CHECK(read(soa_of(22), soa_question)->serial == 0U);  // two roots and five numbers
    for (const std::size_t octets : {0, 1, 21, 23}) CHECK(is_broken(soa_of(octets), soa_question));
}

TEST_CASE("Names that point in circles, out of the message or at reserved labels are refused") {
    const std::size_t here = answer_with({}).size();
    for (const unsigned target :
         {0xc000U + static_cast<unsigned>(here), 0xffffU, 0xc000U, 0x8000U, 0x4000U}) {
        CAPTURE(target);
        CHECK(is_broken(answer_with({txt({"x"}, word(target))})));
    }
    std::string chain;
    for (unsigned i = 0; i < 8000; ++i) chain += word(0xc000U + static_cast<unsigned>(here) + 10 + 2 * i + 2);
    CHECK(is_broken(answer_with({record(1, chain, std::string(1, '\0')), txt({"x"}, word(0xffff))})));
}

TEST_CASE("Counts that promise more than there is are refused") {
    const std::string query = query_for(txt_question);
    const std::string end = question_of(query) + txt({"x"});
    CHECK(is_broken(header(id_of(query), good_flags, 1, 2) + end));
    CHECK(is_broken(header(id_of(query), good_flags, 1, 1, 0xffff, 0xffff) + end));
    CHECK(read(header(id_of(query), good_flags, 1, 1) + end));
}

TEST_CASE("A TXT of very many, or very large, strings is read without harm") {
    const auto empty_strings = read(answer_with({record(16, std::string(65400, '\0'))}));
    REQUIRE(empty_strings);
    CHECK(empty_strings->texts == std::vector<std::string>{""});
    std::string rdata;
    for (int i = 0; i < 255; ++i) rdata += '\xff' + std::string(255, 'x');
    CHECK(read(answer_with({record(16, rdata)}))->texts.front().size() == 255 * 255);
}

TEST_CASE("Messages with random octets in them do no harm") {
    SeededRandom random(20260101);
    const std::vector<std::string> seeds{answer_with({txt({"v=DKIM1; p=", "abc"}), cname("a.example"), soa(1),
                                                      dname("b.example", "c.example"), txt({"d"})}),
                                         answer_with({soa(7), soa(8)}, good_flags, soa_question)};
    unsigned whole = 0;
    for (unsigned round = 0; round < 40000; ++round) {
        std::string message = seeds[round % 2];
        for (auto changes = random.below(4); changes > 0; --changes) {
            message[random.below(message.size())] = static_cast<char>(random.below(256));
        }
        if (random.below(4) == 0) message.resize(random.below(message.size()));
        const auto answer = dns::read_answer(octets(message), round % 2 == 0 ? txt_question : soa_question);
        whole += answer.has_value() && answer->has_value();
    }
    CHECK(whole > 1000);  // not all of them were thrown away at the door
}
