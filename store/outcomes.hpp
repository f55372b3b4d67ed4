// What stores say when they refuse, and the cursors of their lists: the same words whichever it is.
#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "keys/key.hpp"

namespace custdkim::outcomes {

inline Error changed_meanwhile(std::string_view key_id) {
    return {Errc::conflict,
            "the key " + std::string(key_id) + " was changed or erased meanwhile; look again"};
}

// Ids are random: this is our own mistake, not the caller's.
inline Error same_id(std::string_view key_id) {
    return {Errc::internal, "the store has a key with the id " + std::string(key_id) + " already"};
}

// Numbers of pairs are never used again.
inline Error same_pair(std::string_view key_id, unsigned pair) {
    return {Errc::internal, "the store has a private key of pair " + std::to_string(pair) + " of the key " +
                                std::string(key_id) + " already"};
}

// What no change may touch: customers have published CNAMEs to it.
inline bool same_slots(const std::vector<Slot>& before, const std::vector<Slot>& after) {
    return std::equal(before.begin(), before.end(), after.begin(), after.end(),
                      [](const Slot& one, const Slot& other) {
                          return one.selector == other.selector && one.label == other.label;
                      });
}

inline Error lasting_facts(std::string_view key_id) {
    return {Errc::internal, "the key " + std::string(key_id) +
                                " cannot get another zone, domain or type, nor other selectors or labels"};
}

inline Error unknown_zone(std::string_view zone) {
    return {Errc::internal, "the store was not told of the zone " + std::string(zone)};
}

inline Error orphaned_zone(std::string_view zone, std::uint64_t keys) {
    return {Errc::conflict, "the store holds " + std::to_string(keys) + " keys of the zone " +
                                std::string(zone) +
                                ", which the configuration does not name; add its [[zone]] again, or delete "
                                "its keys first"};
}

inline Error no_domain_key(std::uint32_t id) {
    return {Errc::not_found, "the zone has no DNSSEC key " + std::to_string(id)};
}

inline Error no_tsig_key(std::string_view name) {
    return {Errc::not_found, "there is no TSIG key " + std::string(name)};
}

inline Error no_organisation(std::string_view name) {
    return {Errc::not_found, "there is no organisation '" + std::string(name.substr(0, 80)) +
                                 "'; 'custdkim org create' makes one"};
}

inline Error same_organisation(std::string_view name) {
    return {Errc::conflict, "there is an organisation '" + std::string(name) + "' already"};
}

inline Error has_keys(std::string_view name, std::uint64_t keys) {
    return {Errc::conflict, "the organisation " + std::string(name) + " has " + std::to_string(keys) +
                                " keys; delete them first, and wait until their records are withdrawn"};
}

inline Error has_tokens(std::string_view name, std::uint64_t tokens) {
    return {Errc::conflict, "the organisation " + std::string(name) + " has " + std::to_string(tokens) +
                                " tokens; revoke them first"};
}

inline Error no_sender(std::string_view org, std::string_view address) {
    return {Errc::not_found, "the organisation " + std::string(org) + " has no sender '" +
                                 std::string(address.substr(0, 320)) +
                                 "'; 'custdkim sender list' shows those that there are"};
}

inline Error no_cursor(std::string_view text) {
    return invalid("'" + std::string(text.substr(0, 40)) + "' is not a cursor that this list gave out");
}

// A cursor is the number of the last row that was shown.
inline Result<std::uint64_t> read_cursor(std::string_view cursor) {
    std::uint64_t row = 0;
    if (cursor.empty()) return row;
    const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), row);
    if (error != std::errc() || end != cursor.data() + cursor.size() || row > INT64_MAX) {
        return no_cursor(cursor);
    }
    return row;
}

// Where keys come in the order of their domains: "acme.example/12".
struct DomainCursor {
    std::string domain;
    std::uint64_t row = 0;

    auto operator<=>(const DomainCursor&) const = default;
};

inline std::string to_cursor(const dns::Name& domain, std::uint64_t row) {
    return domain.text() + "/" + std::to_string(row);
}

// "" is before all that begins with the prefix.
inline Result<DomainCursor> read_domain_cursor(std::string_view cursor, std::string_view prefix) {
    if (cursor.empty()) return DomainCursor{std::string(prefix), 0};
    const std::size_t slash = cursor.rfind('/');
    if (slash == std::string_view::npos || slash + 1 == cursor.size()) return no_cursor(cursor);
    const auto row = read_cursor(cursor.substr(slash + 1));
    if (!row || !cursor.starts_with(prefix)) return no_cursor(cursor);
    return DomainCursor{std::string(cursor.substr(0, slash)), *row};
}

}  // namespace custdkim::outcomes
