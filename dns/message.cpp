#include "dns/message.hpp"

#include <ldns/ldns.h>

#include <cstdlib>
#include <memory>

namespace custdkim::dns {

namespace {

constexpr std::uint16_t payload = 1232;
constexpr std::uint16_t type_dname = 39;
constexpr std::uint16_t type_opt = 41;
constexpr std::uint16_t class_in = 1;

struct FreeRdf {
    void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
};
struct FreePacket {
    void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
};
struct FreeAny {
    void operator()(void* memory) const { std::free(memory); }
};
using Rdf = std::unique_ptr<ldns_rdf, FreeRdf>;
using Packet = std::unique_ptr<ldns_pkt, FreePacket>;

Rdf to_rdf(const Name& name) { return Rdf(ldns_dname_new_frm_str((name.text() + ".").c_str())); }

std::optional<Name> to_name(const Rdf& rdf) {
    const std::unique_ptr<char, FreeAny> text(rdf ? ldns_rdf2str(rdf.get()) : nullptr);
    if (!text) return std::nullopt;
    const auto name = Name::parse(text.get());
    return name ? std::optional(*name) : std::nullopt;
}

bool same_name(const Rdf& a, const Rdf& b) { return a && b && ldns_dname_compare(a.get(), b.get()) == 0; }

// Reads from the front of a message. What is not there reads as 0 and makes the reader fail, for good.
class Reader {
  public:
    explicit Reader(std::span<const std::uint8_t> message) : message_(message) {}

    bool failed() const { return failed_; }
    std::size_t position() const { return position_; }

    std::uint32_t number(unsigned octets) {
        if (!take(octets)) return 0;
        std::uint32_t value = 0;
        for (unsigned i = octets; i > 0; --i) value = value << 8 | message_[position_ - i];
        return value;
    }
    std::uint16_t word() { return static_cast<std::uint16_t>(number(2)); }

    std::string_view octets(std::size_t count) {
        if (!take(count)) return {};
        return {reinterpret_cast<const char*>(message_.data()) + position_ - count, count};
    }

    // Pointers may lead anywhere in the message (RFC 1035 section 4.1.4).
    Rdf name() {
        ldns_rdf* raw = nullptr;
        if (failed_ ||
            ldns_wire2dname(&raw, message_.data(), message_.size(), &position_) != LDNS_STATUS_OK) {
            failed_ = true;
        }
        return Rdf(raw);
    }

  private:
    bool take(std::size_t count) {
        failed_ = failed_ || position_ > message_.size() || message_.size() - position_ < count;
        if (!failed_) position_ += count;
        return !failed_;
    }

    std::span<const std::uint8_t> message_;
    std::size_t position_ = 0;
    bool failed_ = false;
};

struct Header {
    std::uint16_t id = 0, flags = 0, questions = 0, answers = 0, authorities = 0, additionals = 0;

    bool is_response() const { return (flags & 0x8000) != 0; }
    bool is_query_opcode() const { return (flags & 0x7800) == 0; }
    bool is_authoritative() const { return (flags & 0x0400) != 0; }
    bool is_truncated() const { return (flags & 0x0200) != 0; }
    bool is_recursion_available() const { return (flags & 0x0080) != 0; }
    std::uint16_t rcode() const { return flags & 0x000f; }
};

Header read_header(Reader& reader) {
    Header header;
    for (std::uint16_t* field : {&header.id, &header.flags, &header.questions, &header.answers,
                                 &header.authorities, &header.additionals}) {
        *field = reader.word();
    }
    return header;
}

std::string read_text(Reader& reader, std::size_t end) {
    std::string text;
    while (!reader.failed() && reader.position() < end) text += reader.octets(reader.number(1));
    return text;
}

bool counts(std::uint16_t type) {
    return type == static_cast<std::uint16_t>(QuestionType::cname) || type == type_dname ||
           type == static_cast<std::uint16_t>(QuestionType::txt) ||
           type == static_cast<std::uint16_t>(QuestionType::soa);
}

// RFC 1035 section 3.3.13: MNAME, RNAME, SERIAL, REFRESH, RETRY, EXPIRE, MINIMUM.
std::uint32_t read_serial(Reader& reader) {
    reader.name();
    reader.name();
    const std::uint32_t serial = reader.number(4);
    reader.octets(16);
    return serial;
}

// A record that counts, into the answer. False if it is not what its length says, or its names are none.
bool read_content(Reader& reader, std::uint16_t type, std::size_t end, const Rdf& owner, bool asked_for,
                  Answer& answer) {
    if (type == static_cast<std::uint16_t>(QuestionType::soa)) {
        const std::uint32_t serial = read_serial(reader);
        if (asked_for) answer.serial = serial;
        return reader.position() == end;
    }
    const auto owner_name = to_name(owner);
    if (!owner_name) return false;
    if (type == static_cast<std::uint16_t>(QuestionType::txt)) {
        answer.all_texts.push_back({*owner_name, read_text(reader, end)});
        if (asked_for) answer.texts.push_back(answer.all_texts.back().text);
    } else {
        const auto target = to_name(reader.name());
        if (!target) return false;
        answer.aliases.push_back({*owner_name, *target, type == type_dname});
    }
    return reader.position() == end;
}

// One record of the answer section if there is something asked, else of the others.
bool read_record(Reader& reader, QuestionType type, const Rdf* asked, Answer& answer) {
    const Rdf owner = reader.name();
    const std::uint16_t record_type = reader.word();
    const std::uint16_t record_class = reader.word();
    const std::uint32_t ttl = reader.number(4);
    const std::uint16_t length = reader.word();
    const std::size_t end = reader.position() + length;
    if (asked && record_class == class_in && counts(record_type)) {
        const bool asked_for = record_type == static_cast<std::uint16_t>(type) && same_name(owner, *asked);
        return read_content(reader, record_type, end, owner, asked_for, answer);
    }
    reader.octets(length);
    // RFC 6891 section 6.1.3: the upper eight bits of the RCODE lead the TTL of the OPT record.
    if (!asked && record_type == type_opt) answer.rcode |= static_cast<std::uint16_t>(ttl >> 24 << 4);
    return true;
}

bool read_records(Reader& reader, const Header& header, QuestionType type, const Rdf& asked, Answer& answer) {
    const unsigned others = header.authorities + unsigned{header.additionals};
    for (unsigned left = header.answers; left > 0 && !reader.failed(); --left) {
        if (!read_record(reader, type, &asked, answer)) return false;
    }
    for (unsigned left = others; left > 0 && !reader.failed(); --left) {
        if (!read_record(reader, type, nullptr, answer)) return false;
    }
    return !reader.failed();
}

}  // namespace

std::string rcode_name(std::uint16_t rcode) {
    const std::unique_ptr<char, FreeAny> text(ldns_pkt_rcode2str(static_cast<ldns_pkt_rcode>(rcode)));
    return text ? std::string(text.get()) : "RCODE" + std::to_string(rcode);
}

Result<std::vector<std::uint8_t>> write_question(const Question& question) {
    const Error failure{Errc::internal, "cannot write a question for '" + question.name.text() + "'"};
    Rdf name = to_rdf(question.name);
    if (!name) return failure;
    const std::uint16_t flags = question.recursion_desired ? LDNS_RD : 0;
    const Packet packet(ldns_pkt_query_new(name.release(), static_cast<ldns_rr_type>(question.type),
                                           LDNS_RR_CLASS_IN, flags));
    if (!packet) return failure;
    ldns_pkt_set_id(packet.get(), question.id);
    ldns_pkt_set_edns_udp_size(packet.get(), payload);
    std::uint8_t* raw = nullptr;
    std::size_t size = 0;
    const ldns_status status = ldns_pkt2wire(&raw, packet.get(), &size);
    const std::unique_ptr<std::uint8_t, FreeAny> wire(raw);
    if (status != LDNS_STATUS_OK || !wire) return failure;
    return std::vector<std::uint8_t>(wire.get(), wire.get() + size);
}

Result<std::optional<Answer>> read_answer(std::span<const std::uint8_t> message, const Question& question) {
    const std::optional<Answer> not_for_us;
    Reader reader(message);
    const Header header = read_header(reader);
    if (reader.failed() || header.id != question.id || !header.is_response() || !header.is_query_opcode()) {
        return not_for_us;
    }
    Answer answer;
    answer.rcode = header.rcode();
    answer.authoritative = header.is_authoritative();
    answer.recursion_available = header.is_recursion_available();
    // Servers may leave the question out when they refuse to read it: that much is an answer, too.
    const bool bare_refusal = header.rcode() != rcode::noerror && header.rcode() != rcode::nxdomain;
    if (header.questions == 0 && bare_refusal) return std::optional(answer);
    const Rdf asked = to_rdf(question.name);
    const Rdf echoed = header.questions == 1 ? reader.name() : Rdf();
    const std::uint16_t type = reader.word();
    const std::uint16_t question_class = reader.word();
    if (reader.failed() || !same_name(echoed, asked) || question_class != class_in ||
        type != static_cast<std::uint16_t>(question.type)) {
        return not_for_us;
    }
    answer.truncated = header.is_truncated();
    if (answer.truncated) return std::optional(answer);
    if (!read_records(reader, header, question.type, asked, answer)) {
        return Error{Errc::unavailable,
                     "a malformed answer of " + std::to_string(message.size()) + " octets"};
    }
    return std::optional(answer);
}

}  // namespace custdkim::dns
