// A domain name, kept as canonical text: lower case (RFC 4343), no trailing dot, escapes as RFC 1035 section
// 5.1 has them. Two names are equal exactly when their texts are. The root is the empty text.
// A value; parsing and escaping are ldns's.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace custdkim::dns {

inline constexpr std::size_t max_wire_length = 255;  // RFC 1035 section 2.3.4
inline constexpr std::size_t max_label_length = 63;

class Name {
  public:
    Name() = default;  // the root

    // Presentation form, absolute with or without its trailing dot. Refuses empty labels, labels over 63
    // octets, names over 255 and bad escapes.
    static Result<Name> parse(std::string_view presentation);

    const std::string& text() const { return text_; }
    bool is_root() const { return text_.empty(); }
    std::size_t wire_length() const;
    std::size_t label_count() const;

    // "a.b" for a.b.example.net in example.net, "" for the zone itself, nothing for a name outside it.
    std::optional<std::string_view> relative_to(const Name& zone) const;

    auto operator<=>(const Name&) const = default;

  private:
    explicit Name(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

// The same for canonical texts that are not worth a Name of their own.
std::optional<std::string_view> relative_to(std::string_view name, std::string_view zone);

// The next name up: "b.c" of "a.b.c", "" of "c". An escaped dot ends no label.
std::string_view parent(std::string_view canonical);

// Letters, digits and inner hyphens, 1 to 63 of them (RFC 1123 section 2.1): what a host name is made of.
bool is_host_label(std::string_view label);

}  // namespace custdkim::dns
