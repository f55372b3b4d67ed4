#include "milter/smtp_reply.hpp"

namespace custdkim::milter {

namespace {

constexpr std::size_t longest = 480;  // with codes, spaces and the end of the line: less than 512
constexpr std::string_view cut_mark = "...";

bool is_white(unsigned char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_inside_character(unsigned char c) { return (c & 0xC0U) == 0x80U; }  // of UTF-8

std::string printable(std::string_view sentence) {
    std::string text;
    for (const char raw : sentence) {
        const auto c = static_cast<unsigned char>(raw);
        if (is_white(c)) {
            if (!text.empty() && text.back() != ' ') text += ' ';
        } else if (!is_inside_character(c)) {
            text += c > ' ' && c < 0x7f ? raw : '?';
        }
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

}  // namespace

std::string reply_text(std::string_view sentence) {
    std::string text = printable(sentence);
    if (text.empty()) text = "not accepted";
    if (text.size() > longest) text = text.substr(0, longest - cut_mark.size()) + std::string(cut_mark);
    std::string doubled;
    for (const char c : text) doubled.append(c == '%' ? 2 : 1, c);
    return doubled;
}

}  // namespace custdkim::milter
