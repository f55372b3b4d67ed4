#include "store/key_rows.hpp"

namespace custdkim::sqlite {

namespace {

enum Column {
    row,
    id,
    zone,
    domain,
    match,
    type,
    org,
    version,
    created_at,
    activated_at,
    rotation_requested_at,
    revoked_at,
    deleted_at,
    slot,
    selector,
    label,
    outcome,
    cause,
    detail,
    fix,
    checked_at,
    verified_at,
    verified_pair,
    passing_since,
    pair,
    public_key,
    pair_created_at,
    published_at,
    visible_at,
    signing_since,
    retired_at,
    compromised_at,
    pair_revoked_at,
    destroyed_at,
    revealed,
};

Failure damaged(std::int64_t number, std::string_view what) {
    return {{Errc::corrupt, "the store is damaged: the key in row " + std::to_string(number) + " has " +
                                std::string(what) + "; restore it from a backup"}};
}

std::optional<Timestamp> time_at(const Statement& s, int column) {
    const auto value = s.optional_number(column);
    return value ? std::optional<Timestamp>(Duration(*value)) : std::nullopt;
}

template <typename T>
T sound(const Result<T>& value, std::int64_t number, std::string_view what) {
    if (!value) throw damaged(number, what);
    return *value;
}

Key read_key(const Statement& s) {
    const std::int64_t number = s.number(row);
    Key key;
    key.id = s.text(id);
    key.zone = sound(dns::Name::parse(s.text(zone)), number, "a broken zone");
    key.domain = sound(dns::Name::parse(s.text(domain)), number, "a broken domain");
    key.match = sound(parse_domain_match(s.text(match)), number, "an unknown domain match");
    key.type = sound(parse_key_type(s.text(type)), number, "an unknown type");
    key.org = s.text(org);
    key.version = static_cast<std::uint64_t>(s.number(version));
    key.created_at = Timestamp(Duration(s.number(created_at)));
    key.activated_at = time_at(s, activated_at);
    key.rotation_requested_at = time_at(s, rotation_requested_at);
    key.revoked_at = time_at(s, revoked_at);
    key.deleted_at = time_at(s, deleted_at);
    return key;
}

SlotCheck read_check(const Statement& s) {
    SlotCheck check;
    if (s.has(outcome)) {
        check.last.emplace();
        check.last->outcome = sound(parse_outcome(s.text(outcome)), s.number(row), "an unknown outcome");
        check.last->cause = s.text(cause);
        check.last->detail = s.text(detail);
        check.last->fix = s.text(fix);
        check.last->checked_at = Timestamp(Duration(s.number(checked_at)));
    }
    check.verified_at = time_at(s, verified_at);
    check.verified_pair = static_cast<unsigned>(s.number(verified_pair));
    check.passing_since = time_at(s, passing_since);
    return check;
}

Slot read_slot(const Statement& s) {
    return {std::string(s.text(selector)), std::string(s.text(label)), {}, read_check(s)};
}

Pair read_pair(const Statement& s, KeyType key_type) {
    Pair read;
    read.number = static_cast<unsigned>(s.number(pair));
    const auto bytes = s.blob(public_key);
    if (!is_public_key_size(key_type, bytes.size())) {
        throw damaged(s.number(row), "a public key of the wrong size");
    }
    read.public_key.assign(bytes.begin(), bytes.end());
    read.created_at = Timestamp(Duration(s.number(pair_created_at)));
    read.published_at = time_at(s, published_at);
    read.visible_at = time_at(s, visible_at);
    read.signing_since = time_at(s, signing_since);
    read.retired_at = time_at(s, retired_at);
    read.compromised_at = time_at(s, compromised_at);
    read.revoked_at = time_at(s, pair_revoked_at);
    read.destroyed_at = time_at(s, destroyed_at);
    const auto shown = s.blob(revealed);
    read.revealed.assign(shown.begin(), shown.end());
    return read;
}

}  // namespace

std::string select_keys(std::string_view where) {
    // LEFT JOIN keeps SQLite to this order of tables: it walks them side by side, with nothing to sort. And a
    // key of which a part is missing is seen to be damaged, not passed over.
    return "SELECT k.row, k.id, z.name, k.domain, k.match, k.type, k.org, k.version, k.created_at,"
           " k.activated_at, k.rotation_requested_at, k.revoked_at, k.deleted_at,"
           " s.position, s.selector, s.label, s.outcome, s.cause, s.detail, s.fix, s.checked_at,"
           " s.verified_at, s.verified_pair, s.passing_since,"
           " p.number, p.public_key, p.created_at, p.published_at, p.visible_at, p.signing_since,"
           " p.retired_at, p.compromised_at, p.revoked_at, p.destroyed_at, p.revealed"
           " FROM key k LEFT JOIN zone z ON z.id = k.zone LEFT JOIN slot s ON s.key = k.row"
           " LEFT JOIN pair p ON p.key = s.key AND p.slot = s.position " +
           std::string(where) + " ORDER BY k.row, s.position, p.number";
}

void read_keys(Statement& statement, const std::function<void(std::int64_t, Key&&)>& visit) {
    struct Reset {
        Statement& statement;
        ~Reset() { statement.reset(); }
    } const whatever_is_thrown{statement};
    Key key;
    std::int64_t current = 0, current_slot = -1;
    while (statement.step()) {
        if (const std::int64_t number = statement.number(row); number != current) {
            if (current != 0) visit(current, std::move(key));
            key = read_key(statement);
            current = number;
            current_slot = -1;
        }
        if (!statement.has(slot)) throw damaged(current, "no slots");
        if (const std::int64_t number = statement.number(slot); number != current_slot) {
            key.slots.push_back(read_slot(statement));
            current_slot = number;
        }
        if (statement.has(pair)) key.slots.back().pairs.push_back(read_pair(statement, key.type));
    }
    if (current != 0) visit(current, std::move(key));
}

std::optional<std::int64_t> seconds(const std::optional<Timestamp>& time) {
    return time ? std::optional<std::int64_t>(seconds(*time)) : std::nullopt;
}

}  // namespace custdkim::sqlite
