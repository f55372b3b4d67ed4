// Messages as values, and back.
#include "lab/wire/message.hpp"

#include <catch2/catch.hpp>

namespace custdkim::lab::test {

namespace {

WireName name(std::string_view text) { return wire_name(text).value(); }

ResourceRecord record(std::string_view owner, std::uint16_t type, std::string_view text) {
    return {name(owner), type, 300, parse_rdata(type, text).value()};
}

Message question(std::string_view owner = "S1._domainkey.Acme.example", std::uint16_t type = type::txt) {
    Message message;
    message.id = 4711;
    message.recursion_desired = true;
    message.questions = {{name(owner), type, 1}};
    message.edns.emplace();
    return message;
}

}  // namespace

TEST_CASE("What was written is read again, with the case of names and everything in its order") {
    Message answer = response_to(question());
    answer.answer = {record("S1._domainkey.Acme.example", type::cname, "s1.Q7W2KA.keys.example."),
                     record("S1._domainkey.Acme.example", type::cname, "other.example."),
                     record("s1.Q7W2KA.keys.example", type::txt, "\"v=DKIM1; \" \"p=abc\"")};
    answer.authority = {record("example", type::soa, "ns.example. h.example. 1 2 3 4 5")};
    answer.rcode = rcode::nxdomain;
    answer.authentic = true;
    add_extended_error(*answer.edns, 7, "expired");
    const Bytes octets = write_message(answer);
    const Message read = parse_response(octets).value();
    CHECK(read.id == 4711);
    CHECK(read.response);
    CHECK(read.recursion_desired);
    CHECK(read.authentic);
    CHECK(read.rcode == rcode::nxdomain);
    CHECK(read.answer == answer.answer);
    CHECK(read.authority == answer.authority);
    CHECK(to_text(read.questions[0].name) == "S1._domainkey.Acme.example.");
    CHECK(extended_error(*read.edns) == 7);
    CHECK(joined_text(read.answer[2]) == "v=DKIM1; p=abc");
    CHECK(to_text(target_of(read.answer[0])) == "s1.Q7W2KA.keys.example.");
    CHECK(octets.size() < 260);  // names are compressed
}

TEST_CASE("RCODEs beyond 15 need EDNS and come back whole") {
    const Message bad = response_to(question(), rcode::badvers);
    CHECK(parse_response(write_message(bad)).value().rcode == rcode::badvers);
}

TEST_CASE("RDATA that is none of its type is carried as it is") {
    Message answer = response_to(question());
    answer.answer = {{name("a.example"), type::a, 0xffffffff, "abc"}};
    const Bytes octets = write_message(answer);
    CHECK(std::string(octets.begin(), octets.end()).find(std::string("\0\3abc", 5)) != std::string::npos);
}

TEST_CASE("An answer that is too long becomes a question with TC, and keeps its OPT") {
    Message answer = response_to(question());
    for (int i = 0; i < 20; ++i)
        answer.answer.push_back(record("a.example", type::txt, std::string(200, 'x')));
    const Message cut = parse_response(write_message(answer, 1232)).value();
    CHECK(cut.truncated);
    CHECK(cut.answer.empty());
    CHECK(cut.edns);
    CHECK_FALSE(parse_response(write_message(answer)).value().truncated);
}

TEST_CASE("A question is read, and who asks in an odd way learns what is wrong with it") {
    const Bytes good = write_message(question());
    CHECK(parse_question(good).value().questions[0].type == type::txt);
    const auto refusal = [&good](auto change) {
        Bytes octets = good;
        change(octets);
        return parse_question(octets).error().rcode;
    };
    CHECK_FALSE(refusal([](Bytes& o) { o[2] |= 0x80; }));
    CHECK_FALSE(refusal([](Bytes& o) { o.resize(11); }));
    CHECK(refusal([](Bytes& o) { o[2] |= 0x28; }) == rcode::notimp);  // UPDATE
    CHECK(refusal([](Bytes& o) { o[5] = 2; }) == rcode::formerr);
    CHECK(refusal([](Bytes& o) { o[5] = 0; }) == rcode::formerr);
    CHECK(refusal([](Bytes& o) { o[7] = 1; }) == rcode::formerr);
    CHECK(refusal([](Bytes& o) { o.resize(20); }) == rcode::formerr);
    CHECK(refusal([](Bytes& o) { o.resize(2000); }) == rcode::formerr);
    CHECK(refusal([](Bytes& o) { o[12] = 0xc0, o[13] = 12; }) ==
          rcode::formerr);  // a name that leads to itself
}

TEST_CASE("Every prefix and every flipped octet of a message is read or refused, and no more") {
    Message answer = response_to(question());
    answer.answer = {record("a.example", type::cname, "b.example."), record("b.example", type::txt, "hello")};
    const Bytes octets = write_message(answer);
    for (std::size_t size = 0; size < octets.size(); ++size) {
        CHECK_FALSE(parse_response(std::span(octets).first(size)).has_value());
    }
    std::size_t read = 0;
    for (std::size_t at = 0; at < octets.size(); ++at) {
        Bytes changed = octets;
        changed[at] ^= 0xff;
        read += parse_response(changed).has_value();
        (void)parse_question(changed).has_value();
    }
    CHECK(read > 0);
    CHECK(read < octets.size());
}

}  // namespace custdkim::lab::test
