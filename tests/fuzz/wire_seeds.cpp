#include "tests/dns/wire.hpp"
#include "tests/fuzz/targets.hpp"

namespace custdkim::test {

namespace {

// As try_message() reads it.
std::string steered(char type, const std::vector<std::string>& answers, const std::string& authority = "",
                    const std::string& additional = "", unsigned flags = good_flags) {
    std::string input{type};
    input += word(flags) + word(static_cast<unsigned>(answers.size())) + (authority.empty() ? '\0' : '\1') +
             (additional.empty() ? '\0' : '\1');
    for (const std::string& one : answers) input += one;
    return input + authority + additional;
}

std::string option(unsigned code, const std::string& value) {
    return word(code) + word(static_cast<unsigned>(value.size())) + value;
}

std::string rrsig(unsigned covered) {
    return record(46, word(covered) + "\x0d\x04" + double_word(300) + double_word(1798761600) +
                          double_word(1795000000) + word(12345) + wire_name("acme.example") + "signature");
}

std::string opt(const std::string& options) {
    return record(41, options, std::string(1, '\0'), 1232, 0x8000);
}

// The second DS means the key below, the first one has another digest.
constexpr unsigned tag_of_key = 29051;

std::vector<std::string> seeds_of_dnssec() {
    const std::string key = record(48, word(257) + "\x03\x0d" + std::string(64, 'k'));
    const std::string ds = record(43, word(tag_of_key) + "\x0d\x02" + std::string(32, 'd'));
    const std::string ds_unknown = record(43, word(tag_of_key) + "\x0d\x63" + "d");
    const std::string nsec =
        record(47, wire_name("n.example") + std::string("\0\6\x40\1\0\0\0\3\1\1\x40", 11));
    const std::string nsec3 = record(
        50, std::string("\1\1\0\x0a\2\xaa\xbb\x14", 8) + std::string(20, 'h') + std::string("\0\1\x22", 3));
    return {steered(4, {ds, ds_unknown, key, rrsig(43)}), steered(1, {}, nsec, nsec3),
            steered(6, {nsec, nsec3}),
            steered(4, {rrsig(5), rrsig(65280), record(51, std::string("\1\0\0\x0a\0", 5))})};
}

}  // namespace

std::vector<std::string> message_seeds() {
    const std::string parameters = option(1, "\2h2\2h3") + option(3, "\1\xbb") + option(4, "abcd") +
                                   option(5, "ech") + option(6, std::string(16, '6')) + option(65000, "x\"y");
    const std::string https = record(65, word(1) + std::string(1, '\0') + parameters);
    const std::string caa = record(257, std::string("\0\5issue", 7) + "letsencrypt.org");
    const std::string naptr = record(35, word(1) + word(2) + "\1S\2ab\1c" + wire_name("n.example"));
    const std::string errors = option(15, word(7) + "signature expired") + option(10, "cookie!!");
    std::vector<std::string> seeds{
        steered(0, {cname("s1.q7w2ka.example"), txt({"v=DKIM1; p=", "abc"}, word(0xc038))}),
        steered(0, {txt({"a"}), txt({"", "b"})}, soa(1), opt(errors)),
        steered(1, {dname("new.example", "acme.example"), cname("t.new.example")}),
        steered(2, {soa(4026532101U)}, record(2, wire_name("ns1.example")), record(1, "abcd")),
        steered(6,
                {https, caa, naptr, record(28, std::string(16, '6')), record(15, word(10) + word(0xc00c))}),
        steered(6,
                {record(13, "\1a\1b"), record(256, word(1) + word(2) + "https://x"), record(52, "\3\1\1hash"),
                 record(63, double_word(1) + "\1\1hash"), record(17, word(0xc00c) + word(0xc00c))}),
        steered(7, {record(65280, "anything"), record(10, "")}, "", opt("")),
        steered(0, {}, "", opt(errors), good_flags | truncated_flag)};
    std::vector<std::string> servers;
    for (int i = 0; i < 100; ++i) servers.push_back(record(2, wire_name("ns" + std::to_string(i))));
    seeds.push_back(steered(3, servers));
    for (std::string& seed : seeds_of_dnssec()) seeds.push_back(std::move(seed));
    const dns::Question question{dns::Name::parse("s1._domainkey.acme.example").value(),
                                 dns::QuestionType::txt};
    seeds.push_back(answer_to(query_for(question), {cname("a.example"), txt({"v=DKIM1"})}));
    return seeds;
}

std::vector<std::string> name_seeds() {
    return {"s1._domainkey.acme.example.", "a\\.b\\032\\\\c.example", ".", "xn--bcher-kva.example", "*.a.b"};
}

}  // namespace custdkim::test
