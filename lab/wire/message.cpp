#include "lab/wire/message.hpp"

#include <stdexcept>

#include "lab/wire/ldns_types.hpp"
#include "lab/wire/message_writer.hpp"

namespace custdkim::lab {

namespace {

constexpr std::size_t header_size = 12, longest_question = 1232;
constexpr unsigned most_extras = 2;  // OPT and TSIG
constexpr std::uint16_t extended_error_option = 15;

std::uint16_t word_at(std::span<const std::uint8_t> octets, std::size_t position) {
    return static_cast<std::uint16_t>(octets[position] << 8 | octets[position + 1]);
}

std::uint16_t word_at(const std::string& octets, std::size_t position) {
    return word_at({reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()}, position);
}

void put_word(std::string& octets, std::size_t word) {
    octets += static_cast<char>(word >> 8 & 0xff);
    octets += static_cast<char>(word & 0xff);
}

// RFC 6891 section 6.1.2. What does not fit its length ends the list.
std::vector<EdnsOption> read_options(const ldns_rdf* rdf) {
    std::vector<EdnsOption> options;
    if (!rdf) return options;
    const std::string octets(reinterpret_cast<const char*>(ldns_rdf_data(rdf)), ldns_rdf_size(rdf));
    for (std::size_t at = 0; at + 4 <= octets.size();) {
        const std::size_t length = word_at(octets, at + 2);
        if (at + 4 + length > octets.size()) break;
        options.push_back({word_at(octets, at), octets.substr(at + 4, length)});
        at += 4 + length;
    }
    return options;
}

std::vector<ResourceRecord> read_section(const ldns_rr_list* list) {
    std::vector<ResourceRecord> records;
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(list); ++i) {
        records.push_back(from_ldns(ldns_rr_list_rr(list, i)));
    }
    return records;
}

std::optional<Message> read(std::span<const std::uint8_t> octets) {
    ldns_pkt* raw = nullptr;
    const ldns_status status = ldns_wire2pkt(&raw, octets.data(), octets.size());
    const Ldns<ldns_pkt> packet(raw);
    if (status != LDNS_STATUS_OK) return std::nullopt;
    Message message;
    message.id = ldns_pkt_id(raw);
    message.opcode = static_cast<std::uint8_t>(ldns_pkt_get_opcode(raw));
    message.response = ldns_pkt_qr(raw);
    message.authoritative = ldns_pkt_aa(raw);
    message.truncated = ldns_pkt_tc(raw);
    message.recursion_desired = ldns_pkt_rd(raw);
    message.recursion_available = ldns_pkt_ra(raw);
    message.authentic = ldns_pkt_ad(raw);
    message.checking_disabled = ldns_pkt_cd(raw);
    message.rcode =
        static_cast<std::uint16_t>(ldns_pkt_get_rcode(raw) | ldns_pkt_edns_extended_rcode(raw) << 4);
    const ldns_rr_list* const questions = ldns_pkt_question(raw);
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(questions); ++i) {
        const ldns_rr* const rr = ldns_rr_list_rr(questions, i);
        message.questions.push_back({from_rdf(ldns_rr_owner(rr)),
                                     static_cast<std::uint16_t>(ldns_rr_get_type(rr)),
                                     static_cast<std::uint16_t>(ldns_rr_get_class(rr))});
    }
    message.answer = read_section(ldns_pkt_answer(raw));
    message.authority = read_section(ldns_pkt_authority(raw));
    message.additional = read_section(ldns_pkt_additional(raw));
    if (ldns_pkt_edns(raw)) {
        message.edns = Edns{ldns_pkt_edns_udp_size(raw), ldns_pkt_edns_version(raw), ldns_pkt_edns_do(raw),
                            read_options(ldns_pkt_edns_data(raw))};
    }
    return message;
}

}  // namespace

void add_extended_error(Edns& edns, std::uint16_t code, std::string_view text) {
    std::string data;
    put_word(data, code);
    data += text;
    edns.options.push_back({extended_error_option, std::move(data)});
}

std::optional<std::uint16_t> extended_error(const Edns& edns) {
    for (const EdnsOption& option : edns.options) {
        if (option.code == extended_error_option && option.data.size() >= 2) return word_at(option.data, 0);
    }
    return std::nullopt;
}

void throw_exception_from_error(const BadQuestion&, const boost::source_location&) {
    throw std::logic_error("a question that cannot be read was taken for one");
}

// The counts are looked at first: ldns allocates for each string of a TXT as much as the record is long.
boost::system::result<Message, BadQuestion> parse_question(std::span<const std::uint8_t> octets) {
    if (octets.size() < header_size || (octets[2] & 0x80) != 0) return BadQuestion{};
    if ((octets[2] & 0x78) != 0) return BadQuestion{rcode::notimp};
    const bool is_usual = octets.size() <= longest_question && word_at(octets, 4) == 1 &&
                          word_at(octets, 6) == 0 && word_at(octets, 8) == 0 &&
                          word_at(octets, 10) <= most_extras;
    auto message = is_usual ? read(octets) : std::nullopt;
    if (!message || message->questions.size() != 1) return BadQuestion{rcode::formerr};
    return std::move(*message);
}

Result<Message> parse_response(std::span<const std::uint8_t> octets) {
    if (octets.size() < header_size)
        return invalid("a message of " + std::to_string(octets.size()) + " octets");
    auto message = read(octets);
    if (!message) return invalid("a message that cannot be read");
    return std::move(*message);
}

Bytes write_message(const Message& message, std::size_t limit) {
    Bytes octets = MessageWriter(message).take();
    if (octets.size() <= limit) return octets;
    Message cut = message;
    cut.truncated = true;
    cut.answer.clear(), cut.authority.clear(), cut.additional.clear();
    if (message.answer.empty() && message.authority.empty() && message.additional.empty()) return {};
    return write_message(cut);
}

Message response_to(const Message& question, std::uint16_t rcode) {
    Message response;
    response.id = question.id;
    response.opcode = question.opcode;
    response.response = true;
    response.recursion_desired = question.recursion_desired;
    response.checking_disabled = question.checking_disabled;
    response.rcode = rcode;
    response.questions = question.questions;
    if (question.edns) {
        response.edns.emplace();
        response.edns->dnssec_ok = question.edns->dnssec_ok;
    }
    return response;
}

}  // namespace custdkim::lab
