#include "cli/zone_line.hpp"

namespace custdkim::cli {

namespace {

// What means something to a reader of zone files, though not in a name by itself.
void append_owner(std::string& out, std::string_view owner) {
    for (std::size_t i = 0; i < owner.size(); ++i) {
        const char c = owner[i];
        if (c == '"' || c == '$' || c == '@') out += '\\';
        out += c;
        if (c == '\\' && i + 1 < owner.size()) out += owner[++i];
    }
    out += '.';
}

}  // namespace

void append_zone_line(std::string& out, std::string_view owner, std::uint32_t ttl_seconds,
                      std::string_view type, std::string_view content) {
    append_owner(out, owner);
    out += ' ';
    out += std::to_string(ttl_seconds);
    out += " IN ";
    out += type;
    out += ' ';
    out += content;
    out += '\n';
}

std::string in_one_segment(std::string_view zone) {
    std::string name;
    for (const char c : zone) {
        if (c == '/') {
            name += "\\047";
        } else {
            name += c;
        }
    }
    return name;
}

}  // namespace custdkim::cli
