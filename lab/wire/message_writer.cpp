#include "lab/wire/message_writer.hpp"

#include <algorithm>

namespace custdkim::lab {

namespace {

constexpr std::uint16_t ptr = 12;
constexpr std::size_t usual_size = 512, longest_name = 255, soa_numbers = 20;
constexpr std::size_t most_labels = 256;     // to look through for each name; more are not led to
constexpr std::size_t first_beyond = 16384;  // no pointer leads there

std::size_t label_at(std::string_view name, std::size_t position) {
    return static_cast<unsigned char>(name[position]);
}

// How long the name is that begins here; nothing if none does.
std::optional<std::size_t> name_length(std::string_view octets, std::size_t begin) {
    std::size_t at = begin;
    while (at < octets.size() && at - begin < longest_name && label_at(octets, at) < 64) {
        if (octets[at] == 0) return at + 1 - begin;
        at += label_at(octets, at) + 1;
    }
    return std::nullopt;
}

// How RDATA is made up: so many octets, so many names, and the rest. Without names: all is rest.
struct Layout {
    std::size_t before = 0, names = 0, after = 0;
};

Layout layout_of(std::uint16_t record_type) {
    switch (record_type) {
        case type::ns:
        case type::cname:
        case ptr: return {0, 1, 0};
        case type::mx: return {2, 1, 0};
        case type::soa: return {0, 2, soa_numbers};
        default: return {};
    }
}

std::uint8_t bit(bool is_set, unsigned position) { return static_cast<std::uint8_t>(is_set << position); }

}  // namespace

MessageWriter::MessageWriter(const Message& message) {
    octets_.reserve(usual_size);
    put(message.id, 2);
    put(bit(message.response, 7) | (message.opcode & 0x0fU) << 3 | bit(message.authoritative, 2) |
            bit(message.truncated, 1) | bit(message.recursion_desired, 0),
        1);
    put(bit(message.recursion_available, 7) | bit(message.authentic, 5) | bit(message.checking_disabled, 4) |
            (message.rcode & 0x0fU),
        1);
    put(static_cast<std::uint32_t>(message.questions.size()), 2);
    put(static_cast<std::uint32_t>(message.answer.size()), 2);
    put(static_cast<std::uint32_t>(message.authority.size()), 2);
    put(static_cast<std::uint32_t>(message.additional.size() + (message.edns ? 1 : 0)), 2);
    for (const Question& question : message.questions) {
        put_name(question.name);
        put(question.type, 2);
        put(question.klass, 2);
    }
    for (const auto* const section : {&message.answer, &message.authority, &message.additional}) {
        for (const ResourceRecord& record : *section) put_record(record);
    }
    if (message.edns) put_edns(*message.edns, message.rcode);
}

void MessageWriter::put(std::uint32_t number, unsigned octets) {
    while (octets-- > 0) octets_.push_back(static_cast<std::uint8_t>(number >> (8 * octets)));
}

void MessageWriter::put(std::string_view octets) {
    octets_.insert(octets_.end(), octets.begin(), octets.end());
}

// What is no name is written as it is.
void MessageWriter::put_name(std::string_view name) {
    if (name_length(name, 0) != name.size()) return put(name);
    while (name.front() != 0) {
        if (const auto position = written(name))
            return put(static_cast<std::uint32_t>(0xc000 | *position), 2);
        if (octets_.size() < first_beyond && labels_.size() < most_labels) {
            labels_.push_back(static_cast<std::uint16_t>(octets_.size()));
        }
        const std::string_view label = name.substr(0, label_at(name, 0) + 1);
        put(label);
        name.remove_prefix(label.size());
    }
    put(0, 1);
}

// RDATA that is none of its type is written as it is.
void MessageWriter::put_rdata(const ResourceRecord& record) {
    const std::string_view rdata = record.rdata;
    const Layout layout = layout_of(record.type);
    std::size_t end = layout.before;
    for (std::size_t i = 0; i < layout.names; ++i) {
        const auto length = name_length(rdata, end);
        if (!length) return put(rdata);
        end += *length;
    }
    if (layout.names == 0 || end + layout.after != rdata.size()) return put(rdata);
    put(rdata.substr(0, layout.before));
    for (std::size_t i = 0, at = layout.before; i < layout.names; ++i) {
        const std::size_t length = *name_length(rdata, at);
        put_name(rdata.substr(at, length));
        at += length;
    }
    put(rdata.substr(end));
}

void MessageWriter::put_record(const ResourceRecord& record) {
    put_name(record.owner);
    put(record.type, 2);
    put(1, 2);
    put(record.ttl, 4);
    const std::size_t begin = octets_.size();
    put(0, 2);
    put_rdata(record);
    const std::size_t length = octets_.size() - begin - 2;
    octets_[begin] = static_cast<std::uint8_t>(length >> 8);
    octets_[begin + 1] = static_cast<std::uint8_t>(length);
}

// RFC 6891 section 6.1.3.
void MessageWriter::put_edns(const Edns& edns, std::uint16_t rcode) {
    std::size_t length = 0;
    for (const EdnsOption& option : edns.options) length += 4 + option.data.size();
    put(0, 1);
    put(type::opt, 2);
    put(edns.udp_size, 2);
    put(rcode >> 4, 1);
    put(edns.version, 1);
    put(edns.dnssec_ok ? 0x8000 : 0, 2);
    put(static_cast<std::uint32_t>(length), 2);
    for (const EdnsOption& option : edns.options) {
        put(option.code, 2);
        put(static_cast<std::uint32_t>(option.data.size()), 2);
        put(option.data);
    }
}

// With the same case: who asks sees names as they were sent.
std::optional<std::size_t> MessageWriter::written(std::string_view name) const {
    for (const std::uint16_t position : labels_) {
        if (is_at(position, name)) return position;
    }
    return std::nullopt;
}

bool MessageWriter::is_at(std::size_t position, std::string_view name) const {
    while (position < octets_.size()) {  // the name that is being written has no end yet
        if (octets_[position] >= 0xc0) position = (octets_[position] & 0x3fU) << 8 | octets_[position + 1];
        const std::size_t length = label_at(name, 0) + 1;
        if (octets_[position] + 1U != length) return false;
        if (!std::equal(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(length),
                        octets_.begin() + static_cast<std::ptrdiff_t>(position))) {
            return false;
        }
        if (length == 1) return true;
        position += length;
        name.remove_prefix(length);
    }
    return false;
}

}  // namespace custdkim::lab
