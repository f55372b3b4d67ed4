#include "lab/internet/mangle.hpp"

#include <array>

#include "lab/internet/names.hpp"

namespace custdkim::lab {

namespace {

constexpr std::size_t header_size = 12, question_count = 4, additional_count = 10;
constexpr std::size_t rdlength_of_fixed = 8, fixed_size = 10;  // type, class, TTL, RDLENGTH

std::size_t word_at(const Bytes& octets, std::size_t at) {
    return static_cast<std::size_t>(octets[at]) << 8 | octets[at + 1];
}

// Where a name ends, which we wrote ourselves.
std::size_t after_name(const Bytes& octets, std::size_t at) {
    while (at < octets.size() && octets[at] != 0) {
        if ((octets[at] & 0xc0) != 0) return at + 2;
        at += octets[at] + 1U;
    }
    return at + 1;
}

// Where the first record's TYPE is; nothing if there is no record.
std::optional<std::size_t> first_record(const Bytes& octets) {
    if (octets.size() < header_size) return std::nullopt;
    std::size_t at = header_size;
    for (std::size_t i = 0; i < word_at(octets, question_count); ++i) at = after_name(octets, at) + 4;
    if (at >= octets.size()) return std::nullopt;
    at = after_name(octets, at);
    if (at + fixed_size > octets.size()) return std::nullopt;
    return at;
}

void add_opt(Bytes& octets) {
    static constexpr std::array<std::uint8_t, 11> opt{0, 0, type::opt, 0x04, 0xd0, 0, 0, 0, 0, 0, 0};
    octets.insert(octets.end(), opt.begin(), opt.end());
    ++octets[additional_count + 1];
}

}  // namespace

void mangle_message(Mangle mangle, Message& response) {
    switch (mangle) {
        case Mangle::no_question: response.questions.clear(); break;
        case Mangle::no_edns: response.edns.reset(); break;
        case Mangle::two_opts:
            if (!response.edns) response.edns.emplace();
            break;
        case Mangle::wrong_owner:
            for (ResourceRecord& record : response.answer) {
                // As long as the right label, so that the name is no longer than it may be.
                record.owner[1] = static_cast<char>(record.owner[1] == 'x' ? 'y' : 'x');
            }
            break;
        case Mangle::lower_case:
            for (Question& question : response.questions) question.name = fold_case(question.name);
            for (auto* section : {&response.answer, &response.authority, &response.additional}) {
                for (ResourceRecord& record : *section) record.owner = fold_case(record.owner);
            }
            break;
        default: break;
    }
}

void mangle_octets(Mangle mangle, Bytes& octets) {
    if (octets.size() < header_size) return;
    const auto record = first_record(octets);
    switch (mangle) {
        case Mangle::foreign_id: octets[0] ^= 0x55; break;
        case Mangle::two_opts: add_opt(octets); break;
        case Mangle::bad_rdlength:
            if (record) octets[*record + rdlength_of_fixed] = 0xff;
            break;
        case Mangle::cut_in_record:
            // In the middle of its RDATA; a record without any loses its last octet.
            if (record) {
                const std::size_t length = word_at(octets, *record + rdlength_of_fixed);
                octets.resize(*record + fixed_size + length / 2 - (length == 0 ? 1 : 0));
            }
            break;
        default: break;
    }
}

}  // namespace custdkim::lab
