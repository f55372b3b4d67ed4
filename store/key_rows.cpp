#include "store/key_rows.hpp"

#include <algorithm>

namespace custdkim::sqlite {

namespace {

// The columns of the three lists below, in their order.
enum KeyColumn {
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
    key_revoked_at,
    deleted_at,
    key_columns,
};

enum SlotColumn {
    position,
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
    candidates,
    evidence,
    failing_since,
    last_failed_at,
    failed_looks,
    slot_columns,
};

enum PairColumn {
    slot,
    number,
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

const std::string key_list =
    "k.row, k.id, z.name, k.domain, k.match, k.type, k.org, k.version, k.created_at, k.activated_at,"
    " k.rotation_requested_at, k.revoked_at, k.deleted_at";
const std::string slot_list =
    "s.position, s.selector, s.label, s.outcome, s.cause, s.detail, s.fix, s.checked_at, s.verified_at,"
    " s.verified_pair, s.passing_since, s.candidates, s.evidence, s.failing_since, s.last_failed_at,"
    " s.failed_looks";
const std::string pair_list =
    "p.slot, p.number, p.public_key, p.created_at, p.published_at, p.visible_at, p.signing_since,"
    " p.retired_at, p.compromised_at, p.revoked_at, p.destroyed_at, p.revealed";

Failure damaged(std::int64_t key, std::string_view what) {
    return {{Errc::corrupt, "the store is damaged: the key in row " + std::to_string(key) + " has " +
                                std::string(what) + "; restore it from a backup"}};
}

std::optional<Timestamp> time_at(const Statement& s, int column) {
    const auto value = s.optional_number(column);
    return value ? std::optional<Timestamp>(Duration(*value)) : std::nullopt;
}

template <typename T>
T sound(const Result<T>& value, std::int64_t key, std::string_view what) {
    if (!value) throw damaged(key, what);
    return *value;
}

Key read_key(const Statement& s) {
    const std::int64_t at = s.number(row);
    Key key;
    key.id = s.text(id);
    key.zone = sound(dns::Name::parse(s.text(zone)), at, "a broken zone");
    key.domain = sound(dns::Name::parse(s.text(domain)), at, "a broken domain");
    key.match = sound(parse_domain_match(s.text(match)), at, "an unknown domain match");
    key.type = sound(parse_key_type(s.text(type)), at, "an unknown type");
    key.org = s.text(org);
    key.version = static_cast<std::uint64_t>(s.number(version));
    key.created_at = Timestamp(Duration(s.number(created_at)));
    key.activated_at = time_at(s, activated_at);
    key.rotation_requested_at = time_at(s, rotation_requested_at);
    key.revoked_at = time_at(s, key_revoked_at);
    key.deleted_at = time_at(s, deleted_at);
    return key;
}

// Of both, the columns begin at `first`; `key` is the row of the key, for complaints.
Slot read_slot(const Statement& s, int first, std::int64_t key) {
    Slot slot;
    slot.selector = s.text(first + selector);
    slot.label = s.text(first + label);
    SlotCheck& check = slot.check;
    if (s.has(first + outcome)) {
        check.last = Finding{sound(parse_outcome(s.text(first + outcome)), key, "an unknown outcome"),
                             std::string(s.text(first + cause)),
                             std::string(s.text(first + detail)),
                             std::string(s.text(first + fix)),
                             Timestamp(Duration(s.number(first + checked_at))),
                             split_lines(s.text(first + candidates)),
                             split_lines(s.text(first + evidence))};
    }
    check.verified_at = time_at(s, first + verified_at);
    check.verified_pair = static_cast<unsigned>(s.number(first + verified_pair));
    check.passing_since = time_at(s, first + passing_since);
    check.failing_since = time_at(s, first + failing_since);
    check.last_failed_at = time_at(s, first + last_failed_at);
    check.failed_looks = static_cast<unsigned>(s.number(first + failed_looks));
    return slot;
}

Pair read_pair(const Statement& s, int first, std::int64_t key, KeyType key_type) {
    Pair pair;
    pair.number = static_cast<unsigned>(s.number(first + number));
    const auto bytes = s.blob(first + public_key);
    if (!is_public_key_size(key_type, bytes.size())) throw damaged(key, "a public key of the wrong size");
    pair.public_key.assign(bytes.begin(), bytes.end());
    pair.created_at = Timestamp(Duration(s.number(first + pair_created_at)));
    pair.published_at = time_at(s, first + published_at);
    pair.visible_at = time_at(s, first + visible_at);
    pair.signing_since = time_at(s, first + signing_since);
    pair.retired_at = time_at(s, first + retired_at);
    pair.compromised_at = time_at(s, first + compromised_at);
    pair.revoked_at = time_at(s, first + pair_revoked_at);
    pair.destroyed_at = time_at(s, first + destroyed_at);
    const auto shown = s.blob(first + revealed);
    pair.revealed.assign(shown.begin(), shown.end());
    return pair;
}

// Resets the statement whatever is thrown: an unfinished SELECT holds on to the write-ahead log.
struct Reset {
    Statement& statement;
    ~Reset() { statement.reset(); }
};

}  // namespace

std::string join_lines(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

std::vector<std::string> split_lines(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string select_keys(std::string_view where) {
    // LEFT JOIN keeps SQLite to this order of tables: it walks them side by side, with nothing to sort. And a
    // key of which a part is missing is seen to be damaged, not passed over.
    return "SELECT " + key_list + ", " + slot_list + ", " + pair_list +
           " FROM key k LEFT JOIN zone z ON z.id = k.zone LEFT JOIN slot s ON s.key = k.row"
           " LEFT JOIN pair p ON p.key = s.key AND p.slot = s.position " +
           std::string(where) + " ORDER BY k.row, s.position, p.number";
}

void read_keys(Statement& statement, const std::function<void(std::int64_t, Key&&)>& visit) {
    const Reset reset{statement};
    constexpr int first_of_slot = key_columns;
    constexpr int first_of_pair = first_of_slot + slot_columns;
    Key key;
    std::int64_t current = 0, current_slot = -1;
    while (statement.step()) {
        if (const std::int64_t next = statement.number(row); next != current) {
            if (current != 0) visit(current, std::move(key));
            key = read_key(statement);
            current = next;
            current_slot = -1;
        }
        if (!statement.has(first_of_slot + position)) throw damaged(current, "no slots");
        if (const std::int64_t next = statement.number(first_of_slot + position); next != current_slot) {
            key.slots.push_back(read_slot(statement, first_of_slot, current));
            current_slot = next;
        }
        if (!statement.has(first_of_pair + number)) continue;
        key.slots.back().pairs.push_back(read_pair(statement, first_of_pair, current, key.type));
    }
    if (current != 0) visit(current, std::move(key));
}

SlotRows::SlotRows(Database& database)
    : slots_(database, "SELECT " + slot_list + " FROM slot s WHERE key = ? ORDER BY position"),
      pairs_(database, "SELECT " + pair_list + " FROM pair p WHERE key = ? ORDER BY slot, number") {}

std::vector<Slot> SlotRows::read(std::int64_t key, KeyType key_type) {
    const Reset reset_slots{slots_}, reset_pairs{pairs_};
    std::vector<Slot> found;
    slots_.bind(key);
    while (slots_.step()) found.push_back(read_slot(slots_, 0, key));
    pairs_.bind(key);
    while (pairs_.step()) {
        const auto at = static_cast<std::size_t>(pairs_.number(slot));
        if (at >= found.size()) throw damaged(key, "a pair in no slot");
        found[at].pairs.push_back(read_pair(pairs_, 0, key, key_type));
    }
    return found;
}

std::optional<std::int64_t> seconds(const std::optional<Timestamp>& time) {
    return time ? std::optional<std::int64_t>(seconds(*time)) : std::nullopt;
}

}  // namespace custdkim::sqlite
