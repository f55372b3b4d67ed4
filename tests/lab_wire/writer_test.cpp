// Our writer of messages, held against ldns's reader and writer.
#include <algorithm>

#include <catch2/catch.hpp>

#include "lab/wire/ldns_types.hpp"

namespace custdkim::lab::test {

namespace {

// Always the same sequence.
class Dice {
  public:
    std::size_t below(std::size_t limit) {
        state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<std::size_t>(state_ >> 33) % limit;
    }

  private:
    std::uint64_t state_ = 4711;
};

// Few labels, so that names share their ends.
WireName some_name(Dice& dice) {
    static const std::vector<std::string> labels = {
        "a", "b", "B", "aa", "example", "_domainkey", std::string(60, 'x')};
    WireName name;
    for (std::size_t count = dice.below(4); count > 0; --count) {
        const std::string& label = labels[dice.below(labels.size())];
        name += static_cast<char>(label.size()) + label;
    }
    return name + '\0';
}

std::string some_octets(Dice& dice, std::size_t count) {
    std::string octets;
    while (octets.size() < count) octets += static_cast<char>(dice.below(256));
    return octets;
}

ResourceRecord some_record(Dice& dice) {
    static constexpr std::array<std::uint16_t, 8> types = {type::a,  type::ns,  type::cname, type::soa,
                                                           type::mx, type::txt, type::dname, 65280};
    ResourceRecord record{some_name(dice),
                          types[dice.below(types.size())],
                          static_cast<std::uint32_t>(dice.below(1U << 31)),
                          {}};
    switch (record.type) {
        case type::a: record.rdata = some_octets(dice, 4); break;
        case type::mx: record.rdata = some_octets(dice, 2) + some_name(dice); break;
        case type::soa: record.rdata = some_name(dice) + some_name(dice) + some_octets(dice, 20); break;
        case type::txt:
            for (std::size_t i = 1 + dice.below(3); i > 0; --i) {
                const std::string text = some_octets(dice, dice.below(256));
                record.rdata += static_cast<char>(text.size()) + text;
            }
            break;
        case 65280: record.rdata = some_octets(dice, dice.below(50)); break;
        default: record.rdata = some_name(dice);
    }
    return record;
}

Message some_message(Dice& dice) {
    Message message;
    message.id = static_cast<std::uint16_t>(dice.below(65536));
    for (bool* const flag :
         {&message.response, &message.authoritative, &message.truncated, &message.recursion_desired,
          &message.recursion_available, &message.authentic, &message.checking_disabled}) {
        *flag = dice.below(2) == 1;
    }
    message.rcode = static_cast<std::uint16_t>(dice.below(11));
    message.questions = {{some_name(dice), static_cast<std::uint16_t>(dice.below(256)), 1}};
    for (auto* const section : {&message.answer, &message.authority, &message.additional}) {
        for (std::size_t count = dice.below(6); count > 0; --count) section->push_back(some_record(dice));
    }
    if (dice.below(2) == 1) {
        message.edns.emplace();
        message.edns->dnssec_ok = dice.below(2) == 1;
        message.rcode |= static_cast<std::uint16_t>(dice.below(4) << 4);
        if (dice.below(2) == 1) add_extended_error(*message.edns, 9, some_octets(dice, dice.below(20)));
    }
    return message;
}

bool is_same(const Message& a, const Message& b) {
    const auto flags = [](const Message& m) {
        return std::vector<int>{m.id,        m.opcode,           m.response,          m.authoritative,
                                m.truncated, m.authentic,        m.recursion_desired, m.recursion_available,
                                m.rcode,     m.edns.has_value(), m.checking_disabled};
    };
    const auto options = [](const Message& m) {
        std::string text;
        if (!m.edns) return text;
        text = std::to_string(m.edns->udp_size) + (m.edns->dnssec_ok ? " DO" : "");
        for (const EdnsOption& option : m.edns->options) text += std::to_string(option.code) + option.data;
        return text;
    };
    return flags(a) == flags(b) && options(a) == options(b) && a.answer == b.answer &&
           a.authority == b.authority && a.additional == b.additional &&
           a.questions[0].name == b.questions[0].name && a.questions[0].type == b.questions[0].type;
}

std::size_t size_by_ldns(const Bytes& octets) {
    ldns_pkt* packet = nullptr;
    REQUIRE(ldns_wire2pkt(&packet, octets.data(), octets.size()) == LDNS_STATUS_OK);
    const Ldns<ldns_pkt> owner(packet);
    std::uint8_t* again = nullptr;
    std::size_t size = 0;
    REQUIRE(ldns_pkt2wire(&again, packet, &size) == LDNS_STATUS_OK);
    const Ldns<std::uint8_t> octets_owner(again);
    return size;
}

WireName name(std::string_view text) { return wire_name(text).value(); }

}  // namespace

TEST_CASE("ldns reads what we wrote as what was meant, whatever the message") {
    Dice dice;
    for (int i = 0; i < 3000; ++i) {
        const Message message = some_message(dice);
        const auto read = parse_response(write_message(message));
        REQUIRE(read.has_value());
        REQUIRE(is_same(*read, message));
    }
}

TEST_CASE("An answer as it usually is takes as many octets as ldns needs for it") {
    Message answer;
    answer.questions = {{name("s1._domainkey.acme.example"), type::txt, 1}};
    const auto add = [&answer](auto& section, std::string_view owner, std::uint16_t kind,
                               std::string_view text) {
        section.push_back({name(owner), kind, 300, parse_rdata(kind, text).value()});
        return &answer;
    };
    add(answer.answer, "s1._domainkey.acme.example", type::cname, "s1.q7w2ka.keys.example.");
    add(answer.answer, "s1.q7w2ka.keys.example", type::txt, "\"v=DKIM1; p=abc\"");
    add(answer.authority, "keys.example", type::ns, "ns1.keys.example.");
    add(answer.authority, "keys.example", type::soa, "ns1.keys.example. hostmaster.keys.example. 1 2 3 4 5");
    add(answer.additional, "keys.example", type::mx, "10 ns1.keys.example.");
    answer.edns.emplace();
    const Bytes octets = write_message(answer);
    CHECK(octets.size() == size_by_ldns(octets));
}

TEST_CASE("RDATA with a name that is none, or with more behind it, is written as it is") {
    for (const std::string& rdata :
         {std::string("\5ab", 3), std::string("\1a\0!", 4), std::string("\xc0\x0c", 2), std::string(),
          std::string(300, 1), std::string("\1a", 2)}) {
        Message answer;
        answer.questions = {{name("a.example"), type::cname, 1}};
        for (const std::uint16_t kind : {type::cname, type::mx, type::soa})
            answer.answer.push_back({name("a"), kind, 0, rdata});
        const Bytes octets = write_message(answer);
        const std::string text(octets.begin(), octets.end());
        CHECK(text.ends_with(rdata));
        CHECK(octets.size() == 12 + 15 + (1 + 2 + 10 + rdata.size()) + 2 * (2 + 10 + rdata.size()));
    }
}

TEST_CASE("No pointer leads beyond 16,383 octets, and many names take no unreasonable time") {
    Message answer;
    answer.questions = {{name("a.example"), type::ns, 1}};
    for (int i = 0; i < 3000; ++i) {
        const std::string target = "n" + std::to_string(i) + ".example";
        answer.answer.push_back({name("a.example"), type::ns, 1, name(target)});
    }
    const auto read = parse_response(write_message(answer));
    REQUIRE(read.has_value());
    CHECK(read->answer == answer.answer);
}

}  // namespace custdkim::lab::test
