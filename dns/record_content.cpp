#include "dns/record_content.hpp"

#include "dns/message.hpp"
#include "dns/presentation.hpp"
#include "dns/record_text.hpp"
#include "dns/record_types.hpp"
#include "dns/service_parameters.hpp"

namespace custdkim::dns {

namespace {

std::string quoted(std::string_view octets) { return '"' + escaped_string(octets) + '"'; }

std::string read_strings(WireReader& reader, std::size_t end) {
    std::string text;
    while (!reader.failed() && reader.position() < end) {
        text += (text.empty() ? "" : " ") + quoted(reader.octets(reader.octet()));
    }
    return text;
}

std::string read_type_bitmap(WireReader& reader, std::size_t end) {
    std::string text;
    for (int last = -1; !reader.failed() && reader.position() < end;) {
        const int window = reader.octet();
        const std::string_view bits = reader.octets(reader.octet());
        if (window <= last || bits.empty() || bits.size() > 32) reader.fail();
        last = window;
        const std::size_t before = text.size();
        for (std::size_t bit = 0; !reader.failed() && bit < bits.size() * 8; ++bit) {
            if ((static_cast<unsigned char>(bits[bit / 8]) & 0x80U >> bit % 8) == 0) continue;
            const auto type = static_cast<QuestionType>(static_cast<std::size_t>(window) * 256 + bit);
            text += (text.empty() ? "" : " ") + question_type_name(type);
        }
        reader.spend(text.size() - before);
    }
    return text;
}

std::string read_unknown(WireReader& reader, std::size_t size) {
    if (size == 0) return "\\# 0";
    return "\\# " + std::to_string(size) + " " + in_rows(to_hex(reader.octets(size)));
}

std::string read_field(WireReader& reader, Field field, std::size_t end) {
    const std::size_t rest = end - reader.position();
    switch (field) {
        case Field::number8: return std::to_string(reader.octet());
        case Field::number16: return std::to_string(reader.word());
        case Field::number32: return std::to_string(reader.number(4));
        case Field::ipv4: return to_ipv4(reader.octets(4));
        case Field::ipv6: return to_ipv6(reader.octets(16));
        case Field::name: return reader.name();
        case Field::string: return quoted(reader.octets(reader.octet()));
        case Field::tag: return escaped_string(reader.octets(reader.octet()));
        case Field::strings: return read_strings(reader, end);
        case Field::long_string: return quoted(reader.octets(rest));
        case Field::hex: return in_rows(to_hex(reader.octets(rest)));
        case Field::base64: return in_rows(to_base64(reader.octets(rest)));
        case Field::time: return to_time(reader.number(4));
        case Field::type: return question_type_name(static_cast<QuestionType>(reader.word()));
        case Field::type_bitmap: return read_type_bitmap(reader, end);
        case Field::salt: {
            const std::string salt = to_hex(reader.octets(reader.octet()));
            return salt.empty() ? "-" : salt;
        }
        case Field::hash: return to_base32_hex(reader.octets(reader.octet()));
        case Field::service: return read_service_parameters(reader, end);
        case Field::end: break;
    }
    return {};
}

}  // namespace

std::string read_record_content(WireReader& reader, std::uint16_t type, std::size_t length) {
    const std::size_t end = reader.position() + length;
    const RecordType* const known = find_record_type(type);
    // Also a TXT without any string, which RFC 1035 has no way to write.
    const bool has_fields = known && known->fields[0] != Field::end;
    if (!has_fields || length == 0) {
        if (has_fields && known->fields[0] != Field::strings) reader.fail();
        std::string content = read_unknown(reader, length);
        reader.spend(content.size());
        return content;
    }
    std::string content;
    for (const Field field : known->fields) {
        if (field == Field::end || reader.failed()) break;
        // dig shows what is empty and optional, or "to the end", by nothing at all.
        const std::string text = read_field(reader, field, end);
        if (reader.position() > end) reader.fail();
        if (reader.failed()) break;
        if (!content.empty() && !text.empty()) content += ' ';
        content += text;
        if (field != Field::name) reader.spend(text.size());
    }
    if (reader.position() != end) reader.fail();
    return content;
}

}  // namespace custdkim::dns
