#include <utility>

#include "dns/message.hpp"
#include "dns/presentation.hpp"
#include "dns/record_content.hpp"
#include "dns/record_text.hpp"
#include "dns/wire_reader.hpp"

namespace custdkim::dns {

namespace {

constexpr std::uint16_t type_opt = 41;
constexpr std::uint16_t class_in = 1;
constexpr std::uint16_t option_extended_error = 15;
constexpr std::size_t most_octets = 65535;  // what TCP can carry

struct Header {
    std::uint16_t id = 0, flags = 0, questions = 0, answers = 0, authorities = 0, additionals = 0;

    bool has(unsigned flag) const { return (flags & flag) != 0; }
    bool is_response() const { return has(0x8000); }
    bool is_query_opcode() const { return !has(0x7800); }
    std::uint16_t rcode() const { return flags & 0x000f; }
};

Header read_header(WireReader& reader) {
    Header header;
    for (std::uint16_t* field : {&header.id, &header.flags, &header.questions, &header.answers,
                                 &header.authorities, &header.additionals}) {
        *field = reader.word();
    }
    return header;
}

struct RecordHead {
    std::string owner;
    std::uint16_t type = 0, rr_class = 0, length = 0;
    std::uint32_t ttl_seconds = 0;
};

RecordHead read_head(WireReader& reader) {
    RecordHead head;
    head.owner = reader.name();
    head.type = reader.word();
    head.rr_class = reader.word();
    head.ttl_seconds = reader.number(4);
    head.length = reader.word();
    return head;
}

// RFC 8914 section 2. The text is for people's eyes, and from anybody: nothing but what can be printed.
void read_extended_error(std::string_view option, WireReader& reader, Answer& answer) {
    if (option.size() < 2) return reader.fail();
    const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(option[at]); };
    ExtendedError error{static_cast<std::uint16_t>(octet(0) << 8 | octet(1)), {}};
    option.remove_prefix(2);
    while (option.ends_with('\0')) option.remove_suffix(1);
    for (const char c : option) append_escaped(c, "", ' ', error.text);
    reader.spend(error.text.size());
    answer.extended_errors.push_back(std::move(error));
}

// RFC 6891 section 6.1.
void read_opt(WireReader& reader, const RecordHead& head, Answer& answer) {
    const std::size_t end = reader.position() + head.length;
    if (answer.edns) return reader.fail();  // there may be only one
    answer.edns = true;
    answer.rcode |= static_cast<std::uint16_t>(head.ttl_seconds >> 24 << 4);
    while (!reader.failed() && reader.position() < end) {
        const std::uint16_t code = reader.word();
        const std::string_view option = reader.octets(reader.word());
        if (code == option_extended_error) read_extended_error(option, reader, answer);
    }
    if (reader.position() != end) reader.fail();
}

// Reads what follows the question into an answer.
class AnswerReader {
  public:
    AnswerReader(WireReader& reader, const Header& header, const Question& question)
        : reader_(reader), header_(header), question_(question) {
        answer_.rcode = header.rcode();
        answer_.authoritative = header.has(0x0400);
        answer_.truncated = header.has(0x0200);
        answer_.recursion_available = header.has(0x0080);
        answer_.authentic = header.has(0x0020);
    }

    Answer& answer() { return answer_; }

    void read_sections() {
        read_section(header_.answers, answer_.answer, true);
        read_section(header_.authorities, answer_.authority);
        read_section(header_.additionals, answer_.additional, false, true);
    }

    // Of a message whose records are cut, or not to be relied on: only what OPT says, if it is to be found.
    void read_opt_only() {
        const Answer before = answer_;
        read_sections();
        Answer after = std::exchange(answer_, before);
        if (reader_.failed() || !after.edns) return;
        answer_.rcode = after.rcode;
        answer_.edns = true;
        answer_.extended_errors = std::move(after.extended_errors);
    }

  private:
    void read_section(unsigned count, std::vector<Record>& section, bool is_answer = false,
                      bool is_additional = false) {
        for (unsigned left = count; left > 0 && !reader_.failed(); --left) {
            const RecordHead head = read_head(reader_);
            if (head.type == type_opt && is_additional) {
                read_opt(reader_, head, answer_);
            } else if (head.type == type_opt || head.rr_class != class_in) {
                reader_.octets(head.length);
            } else {
                read_record(head, section, is_answer);
            }
        }
    }

    void read_record(const RecordHead& head, std::vector<Record>& section, bool is_answer) {
        WireReader again =
            reader_;  // the TXT's strings are read twice: as they are, and as people write them
        std::string content = read_record_content(reader_, head.type, head.length);
        if (reader_.failed() || !know_owner(head.owner)) return reader_.fail();
        const auto type = static_cast<QuestionType>(head.type);
        section.push_back({owner_, question_type_name(type), head.ttl_seconds, std::move(content)});
        if (!is_answer) return;
        if (type == QuestionType::txt) take_text(again, reader_.position());
        if (type == QuestionType::cname || type == QuestionType::dname) {
            take_alias(section.back().content, type == QuestionType::dname);
        }
        if (type == QuestionType::soa && is_asked_for(type)) take_serial(again);
    }

    // Neighbours mostly have the same owner, and to parse a name is the dearest part of a record.
    bool know_owner(const std::string& owner) {
        if (owner == owner_text_) return true;
        auto name = Name::parse(owner);
        if (!name) return false;
        owner_ = std::move(*name);
        owner_text_ = owner;
        return true;
    }

    bool is_asked_for(QuestionType type) const { return type == question_.type && owner_ == question_.name; }

    void take_text(WireReader again, std::size_t end) {
        std::string text;
        while (again.position() < end) text += again.octets(again.octet());
        if (is_asked_for(QuestionType::txt)) answer_.texts.push_back(text);
        answer_.all_texts.push_back({owner_, std::move(text)});
    }

    void take_alias(const std::string& target, bool of_names_below) {
        auto name = Name::parse(target);
        if (!name) return reader_.fail();
        answer_.aliases.push_back({owner_, std::move(*name), of_names_below});
    }

    // RFC 1035 section 3.3.13: MNAME, RNAME, SERIAL, ...
    void take_serial(WireReader again) {
        again.name();
        again.name();
        answer_.serial = again.number(4);
    }

    WireReader& reader_;
    const Header& header_;
    const Question& question_;
    Answer answer_;
    std::string owner_text_ = ".";
    Name owner_;  // the root
};

bool is_echo(WireReader& reader, const Header& header, const Question& question) {
    if (header.questions != 1) return false;
    const std::string echoed = reader.name();
    const std::uint16_t type = reader.word(), its_class = reader.word();
    if (reader.failed() || type != static_cast<std::uint16_t>(question.type) || its_class != class_in) {
        return false;
    }
    const auto name = Name::parse(echoed);
    return name && *name == question.name;
}

}  // namespace

Result<std::optional<Answer>> read_answer(std::span<const std::uint8_t> message, const Question& question) {
    const std::optional<Answer> not_for_us;
    WireReader reader(message);
    const Header header = read_header(reader);
    if (reader.failed() || header.id != question.id || !header.is_response() || !header.is_query_opcode()) {
        return not_for_us;
    }
    AnswerReader sections(reader, header, question);
    // Servers may leave the question out when they refuse to read it: that much is an answer, too.
    const bool bare_refusal = header.rcode() != rcode::noerror && header.rcode() != rcode::nxdomain;
    if (header.questions == 0 && bare_refusal) {
        sections.answer().truncated = false;
        sections.read_opt_only();
        return std::optional(std::move(sections.answer()));
    }
    if (!is_echo(reader, header, question)) return not_for_us;
    if (sections.answer().truncated) {
        sections.read_opt_only();
        return std::optional(std::move(sections.answer()));
    }
    sections.read_sections();
    if (reader.failed() || message.size() > most_octets) {
        return Error{Errc::corrupt, "a malformed answer of " + std::to_string(message.size()) + " octets"};
    }
    return std::optional(std::move(sections.answer()));
}

}  // namespace custdkim::dns
