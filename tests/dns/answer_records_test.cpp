#include <catch2/catch.hpp>

#include "dns/record_text.hpp"
#include "tests/dns/wire.hpp"

using namespace custdkim;
using namespace custdkim::test;
using dns::Answer;
using dns::Question;
using dns::QuestionType;
using dns::Record;

namespace {

const dns::Name owner = dns::Name::parse("s1.acme.example").value();
const Question txt_question{owner, QuestionType::txt, 7};

std::string opt(const std::string& options, std::uint32_t ttl = 0) {
    return record(41, options, std::string(1, '\0'), 1232, ttl);
}
std::string option(unsigned code, const std::string& value) {
    return word(code) + word(static_cast<unsigned>(value.size())) + value;
}

// An answer with these sections, the question first.
std::string message(const std::string& answers, unsigned answer_count, const std::string& additional = "",
                    unsigned additional_count = 0, unsigned flags = good_flags) {
    const std::string query = query_for(txt_question);
    return header(id_of(query), flags, 1, answer_count, 0, additional_count) + question_of(query) + answers +
           additional;
}

Answer read(const std::string& octets_of_message) {
    return dns::read_answer(octets(octets_of_message), txt_question).value().value();
}

bool is_corrupt(const std::string& octets_of_message) {
    const auto answer = dns::read_answer(octets(octets_of_message), txt_question);
    return answer.has_error() && answer.error().code == Errc::corrupt;
}

// The content of a record with this RDATA.
std::string content(unsigned type, const std::string& rdata) {
    const Answer answer = read(message(record(type, rdata), 1));
    REQUIRE(answer.answer.size() == 1);
    return answer.answer[0].content;
}

std::string octets_from(unsigned count) {
    std::string text;
    for (unsigned i = 0; i < count; ++i) text += static_cast<char>(i * 37 + 11);
    return text;
}

}  // namespace

TEST_CASE("An answer tells the records of each section, those of other classes and OPT left out") {
    const std::string query = query_for(txt_question);
    const std::string ns = record(2, wire_name("NS1.Acme.example"), wire_name("acme.example"), 1, 3600);
    const std::string glue = record(1, "\xc0" + std::string(1, '\0') + "\2\1", wire_name("ns1.acme.example"));
    const std::string chaos = record(16, "\1x", name_of_question, 3);
    const Answer answer = read(header(id_of(query), good_flags, 1, 2, 1, 2) + question_of(query) +
                               txt({"v=DKIM1; ", "p=abc"}) + chaos + ns + opt("") + glue);
    const dns::Name zone = dns::Name::parse("acme.example").value();
    CHECK(answer.answer == std::vector<Record>{{owner, "TXT", 300, R"("v=DKIM1; " "p=abc")"}});
    CHECK(answer.authority == std::vector<Record>{{zone, "NS", 3600, "NS1.Acme.example."}});
    REQUIRE(answer.additional.size() == 1);
    CHECK(answer.additional[0].content == "192.0.2.1");
    CHECK(answer.texts == std::vector<std::string>{"v=DKIM1; p=abc"});
}

TEST_CASE("AD and EDNS are told, and the extended errors with their texts made harmless") {
    const Answer plain = read(message("", 0));
    CHECK_FALSE(plain.authentic);
    CHECK_FALSE(plain.edns);
    const std::string options = option(10, "cookie!!") + option(15, word(7) + "signature expired") +
                                option(15, word(22) + std::string("\x1b[31m\xe2\x98\xba\0", 9));
    const Answer answer = read(message("", 0, opt(options), 1, good_flags | 0x0020));
    CHECK(answer.authentic);
    CHECK(answer.edns);
    CHECK(answer.extended_errors ==
          std::vector<dns::ExtendedError>{{7, "signature expired"}, {22, "\\027[31m\\226\\152\\186"}});
}

TEST_CASE("OPT is read of truncated answers and of bare refusals, too, if it is to be found") {
    const std::string options = opt(option(15, word(18)), 1U << 24);
    const Answer truncated = read(message("", 0, options, 1, good_flags | truncated_flag));
    CHECK(truncated.truncated);
    CHECK(truncated.edns);
    CHECK(truncated.rcode == 16);
    CHECK(truncated.extended_errors.size() == 1);
    const Answer cut = read(message(txt({"x"}), 2, "", 0, good_flags | truncated_flag));
    CHECK(cut.truncated);
    CHECK_FALSE(cut.edns);
    CHECK(cut.answer.empty());
    const Answer refusal =
        read(header(id_of(query_for(txt_question)), response_flag | 5, 0, 0, 0, 1) + options);
    CHECK(refusal.edns);
    CHECK(refusal.rcode == 16 + 5);
}

TEST_CASE("An OPT that contradicts itself, or a second one, makes an answer corrupt") {
    CHECK(is_corrupt(message("", 0, opt(word(15) + word(9) + "short"), 1)));
    CHECK(is_corrupt(message("", 0, opt(option(15, "x")), 1)));
    CHECK(is_corrupt(message("", 0, opt("") + opt(""), 2)));
    CHECK_FALSE(is_corrupt(message("", 0, opt(""), 1)));
}

// What dig 9.18 prints of the same octets.
TEST_CASE("RDATA is written as dig writes it") {
    CHECK(content(16, std::string("\x0d"
                                  "a\"b\\c \0\x1f\x7f\xff\t;$",
                                  14) +
                          '\0') == R"("a\"b\\c \000\031\127\255\009;$" "")");
    CHECK(content(28, std::string(15, '\0') + '\1') == "::1");
    CHECK(content(6, wire_name("Ns1.example") + wire_name("host.example") + double_word(1) + double_word(2) +
                         double_word(3) + double_word(4) + double_word(4294967295)) ==
          "Ns1.example. host.example. 1 2 3 4 4294967295");
    CHECK(content(15, word(10) + wire_name("mx.example")) == "10 mx.example.");
    CHECK(content(2, std::string(1, '\0')) == ".");
    CHECK(content(5, wire_name("t\"x$y@z(1)2;3\\4 5\x7f\xff.com")) ==
          R"(t\"x\$y\@z\(1\)2\;3\\4\0325\127\255.com.)");
    CHECK(content(43, word(12345) + "\x08\x02" + octets_from(32)) ==
          "12345 8 2 0B30557A9FC4E90E33587DA2C7EC11365B80A5CAEF14395E83A8CDF2 173C6186");
    CHECK(
        content(48, word(257) + "\x03\x0d" + octets_from(64)) ==
        "257 3 13 CzBVep/E6Q4zWH2ix+wRNluApcrvFDleg6jN8hc8YYar0PUaP2SJrtP4 HUJnjLHW+yBFao+02f4jSG2St9wBJg==");
    CHECK(content(46, word(5) + "\x0d\x04" + double_word(300) + double_word(1798761600) +
                          double_word(1795000000) + word(12345) + wire_name("acme.example") +
                          octets_from(10)) ==
          "CNAME 13 4 300 20270101000000 20261118110640 12345 acme.example. CzBVep/E6Q4zWA==");
    CHECK(content(47, wire_name("n.example") + std::string("\0\6\x40\1\0\0\0\3\1\1\x40\xff\1\x80", 14)) ==
          "n.example. A MX RRSIG NSEC CAA TYPE65280");
    CHECK(content(50, std::string("\1\1\0\x0a\2\xaa\xbb\x14", 8) + octets_from(20) +
                          std::string("\0\1\x22", 3)) ==
          "1 1 10 AABB 1CO5AUKVOJKGSCQOFMHCFR0H6PDO19EA NS SOA");
    CHECK(content(257, std::string("\0\5issueletsencrypt.org; x=\"y\"", 29)) ==
          R"(0 issue "letsencrypt.org; x=\"y\"")");
    CHECK(content(65280, "") == R"(\# 0)");
    CHECK(content(65280, "\1\2\3\xab") == R"(\# 4 010203AB)");
}

TEST_CASE("The parameters of HTTPS records are written as dig writes them") {
    const std::string before = word(1) + std::string(1, '\0');
    CHECK(content(65, before) == "1 .");
    CHECK(content(65, before + option(0, word(1) + word(3)) + option(1, "\2h2\2h3") + option(2, "") +
                          option(3, "\1\xbb") + option(4, "\1\2\3\4\5\6\7\x08") + option(5, octets_from(20)) +
                          option(6, std::string(15, '\0') + '\1') + option(7, "/dns{?dns}") +
                          option(65000, "a \"b\\c,\xff")) ==
          "1 . mandatory=alpn,port alpn=\"h2,h3\" no-default-alpn port=443 ipv4hint=1.2.3.4,5.6.7.8 "
          R"(ech=CzBVep/E6Q4zWH2ix+wRNluApco= ipv6hint=::1 key7="/dns{?dns}" key65000="a \"b\\c,\255")");
    CHECK(content(65, before + option(1, std::string("\7a,b\\c\"d\3\0 e", 12))) ==
          R"(1 . alpn="a\\,b\\\\c\"d,\000\032e")");
    CHECK(content(65, before + option(3, "x") + option(4, "xyz")) == R"(1 . port="x" ipv4hint="xyz")");
    CHECK(is_corrupt(message(record(65, before + word(1) + word(3) + "ab"), 1)));
}

TEST_CASE("RDATA that is shorter or longer than its type makes an answer corrupt, in any section") {
    const std::vector<std::pair<unsigned, std::string>> good{
        {1, "abcd"},
        {28, std::string(16, 'x')},
        {15, word(10) + wire_name("mx.example")},
        {33, word(1) + word(2) + word(3) + wire_name("srv.example")},
        {13, "\1a\1b"},
        {47, wire_name("n.example") + std::string("\0\1\x40", 3)},
        {51, std::string("\1\0\0\x0a\1x", 6)}};
    for (const auto& [type, rdata] : good) {
        CAPTURE(type);
        CHECK(content(type, rdata) != "");
        CHECK(is_corrupt(message(record(type, rdata + "x"), 1)));
        CHECK(is_corrupt(message(record(type, rdata.substr(0, rdata.size() - 1)), 1, record(1, "abcd"), 1)));
        CHECK(is_corrupt(message("", 0, record(type, rdata + "x"), 1)));
    }
}

TEST_CASE("A thousand name servers are an answer; a message that blows up when it is unpacked is none") {
    std::string servers;
    for (int i = 0; i < 1000; ++i) servers += record(2, wire_name("ns" + std::to_string(i) + ".dns.example"));
    CHECK(read(message(servers, 1000)).answer.size() == 1000);

    std::string tiny;
    for (int i = 0; i < 5900; ++i) tiny += record(10, "", std::string(1, '\0'));
    CHECK(read(message(tiny, 5900)).answer.size() == 5900);

    const std::string label = '\x3f' + std::string(63, '\1');
    const unsigned here = static_cast<unsigned>(message("", 0).size());
    std::string bomb = record(10, "", label + label + label + '\0');
    for (int i = 0; i < 4000; ++i) bomb += record(2, word(0xc000 | here), word(0xc000 | here));
    CHECK(is_corrupt(message(bomb, 4001)));
}

TEST_CASE("Names lead backwards only, and not through more pointers than a name has labels") {
    const unsigned here = static_cast<unsigned>(message("", 0).size());
    const auto through = [&](unsigned pointers) {
        std::string chain(2, '\0');  // the root is at its end; each pointer leads to the one before it
        for (unsigned i = 0; i < pointers; ++i) chain += word(0xc000 | (here + 11 + 2 * i));
        const unsigned last = here + 11 + 2 * pointers;
        return message(record(10, chain, std::string(1, '\0')) + record(5, word(0xc000 | last)), 2);
    };
    CHECK(read(through(100)).answer.at(1).content == ".");
    CHECK(is_corrupt(through(200)));
    CHECK(is_corrupt(message(record(5, word(0xc000 | (here + 14))) + record(1, "abcd"), 2)));
}
