#include "tests/fuzz/targets.hpp"

#include <algorithm>
#include <array>

#include "dns/dnssec.hpp"
#include "dns/record_text.hpp"
#include "tests/dns/wire.hpp"
#include "tests/fuzz/must.hpp"

namespace custdkim::test {

namespace {

using dns::Answer;
using dns::QuestionType;
using dns::Record;

constexpr std::size_t steering = 7;  // octets of the input that are not those of the sections
constexpr std::array types{QuestionType::txt, QuestionType::cname, QuestionType::soa, QuestionType::ns,
                           QuestionType::ds,  QuestionType::a,     QuestionType::any, QuestionType{65280}};

bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// Its size.
std::size_t check_record(const Record& record) {
    must(is_printable(record.content), "a record's content can be printed");
    const auto type = dns::parse_question_type(record.type);
    must(type && dns::question_type_name(*type) == record.type, "a type is written as it is read");
    must(dns::dig_line(record).ends_with(record.content), "a line ends with the content");
    must(dns::signature_times(record).has_value() <= (record.type == "RRSIG"), "only signatures have times");
    return record.owner.text().size() + record.content.size();
}

// A few of each are as good as all: hostile messages hold thousands.
unsigned count_matches(const std::vector<Record>& records) {
    constexpr std::size_t few = 8;
    unsigned count = 0;
    for (std::size_t i = 0; i < std::min(few, records.size()); ++i) {
        for (std::size_t j = 0; j < std::min(few, records.size()); ++j) {
            const bool match = dns::matches(records[i], records[j]);
            must(!match || (records[i].type == "DS" && records[j].type == "DNSKEY"), "a DS matches a DNSKEY");
            count += match;
        }
    }
    return count;
}

std::size_t check_records(const std::vector<Record>& records) {
    std::size_t size = 0;
    const dns::Name* last = nullptr;
    for (const Record& record : records) {
        size += check_record(record);
        if (last && *last == record.owner) continue;
        last = &record.owner;
        const auto again = dns::Name::parse(last->text() + ".");
        must(again && *again == *last, "an owner is written as it is read");
    }
    count_matches(records);
    return size;
}

void check_answer(const Answer& answer) {
    const std::size_t size =
        check_records(answer.answer) + check_records(answer.authority) + check_records(answer.additional);
    must(size <= 1 << 21, "an answer's size has a bound");
    must(answer.texts.size() <= answer.all_texts.size(), "texts at the name are texts");
    must(answer.all_texts.size() + answer.aliases.size() <= answer.answer.size(), "what is told was there");
    must(!answer.truncated || answer.answer.empty(), "nothing is read of what was cut");
    for (const dns::ExtendedError& error : answer.extended_errors) {
        must(answer.edns && is_printable(error.text), "an extended error comes by EDNS and can be printed");
    }
}

void try_reading(std::span<const std::uint8_t> message, const dns::Question& question) {
    const auto answer = dns::read_answer(message, question);
    if (!answer) {
        must(answer.error().code == Errc::corrupt, "a broken answer is called corrupt");
    } else if (*answer) {
        check_answer(**answer);
    }
}

const dns::Name& asked_name() {
    static const dns::Name name = dns::Name::parse("s1._domainkey.acme.example").value();
    return name;
}

std::string with_honest_head(std::span<const std::uint8_t> input, const dns::Question& question) {
    const std::string id = word(question.id);
    const unsigned flags = response_flag | (input[1] * 256U + input[2]);
    return header(id, flags & 0x87ffU, 1, input[3] * 256U + input[4], input[5], input[6]) +
           wire_name(question.name.text()) + word(static_cast<unsigned>(question.type)) + word(1) +
           std::string(input.begin() + steering, input.end());
}

}  // namespace

void try_message(std::span<const std::uint8_t> input) {
    dns::Question question{asked_name(), QuestionType::txt, 0};
    if (input.size() >= 2) question.id = static_cast<std::uint16_t>(input[0] * 256U + input[1]);
    try_reading(input, question);
    if (input.size() < steering) return;
    question.type = types[input[0] % types.size()];
    try_reading(octets(with_honest_head(input, question)), question);
}

bool has_matching_ds(std::span<const std::uint8_t> input) {
    const dns::Question question{asked_name(), types[input[0] % types.size()]};
    const auto answer = dns::read_answer(octets(with_honest_head(input, question)), question);
    return answer && *answer && count_matches((*answer)->answer) > 0;
}

void try_name(std::span<const std::uint8_t> input) {
    const auto name = dns::Name::parse({reinterpret_cast<const char*>(input.data()), input.size()});
    if (!name) return;
    must(name->wire_length() >= 1 && name->wire_length() <= dns::max_wire_length, "a name has a length");
    must(name->label_count() < 128, "a name has a number of labels");
    const auto again = dns::Name::parse(name->text() + ".");
    must(again && *again == *name, "a name is written as it is read");
    for (std::string_view up = name->text(); !up.empty(); up = dns::parent(up)) {
        must(dns::relative_to(name->text(), up).has_value(), "a name is in those above it");
    }
}

}  // namespace custdkim::test
