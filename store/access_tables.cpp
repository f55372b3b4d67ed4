#include "store/access_tables.hpp"

#include <algorithm>

#include "store/key_rows.hpp"
#include "store/outcomes.hpp"

namespace custdkim::sqlite {

namespace {

Failure damaged(std::string_view what) {
    return {{Errc::corrupt, "the store is damaged: " + std::string(what) + "; restore it from a backup"}};
}

std::optional<Timestamp> time_at(const Statement& statement, int column) {
    const auto value = statement.optional_number(column);
    return value ? std::optional<Timestamp>(Duration(*value)) : std::nullopt;
}

Sha256 digest_at(const Statement& statement, int column) {
    Sha256 digest{};
    const auto octets = statement.blob(column);
    if (octets.size() != digest.size()) throw damaged("a digest has the wrong size");
    std::copy(octets.begin(), octets.end(), digest.begin());
    return digest;
}

Organisation read_organisation(const Statement& statement) {
    const auto unsigned_mail = parse_unsigned_mail(statement.text(4));
    if (!unsigned_mail) throw damaged("an organisation has an unknown way with unsigned mail");
    return {std::string(statement.text(0)), std::string(statement.text(1)),
            Timestamp(Duration(statement.number(2))), statement.number(3) != 0, *unsigned_mail};
}

std::optional<std::string_view> unless_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
}

}  // namespace

std::int64_t AccessTables::count(Statement& bound) {
    bound.step();
    const std::int64_t counted = bound.number(0);
    bound.reset();
    return counted;
}

std::vector<Token> AccessTables::tokens() {
    std::vector<Token> found;
    every_token_.bind();
    while (every_token_.step()) {
        Token& token = found.emplace_back();
        token.id = every_token_.text(0);
        token.name = every_token_.text(1);
        token.digest = digest_at(every_token_, 2);
        const auto scopes = parse_scopes(every_token_.text(3));
        if (!scopes) throw damaged("the token " + token.id + " has unknown scopes");
        token.scopes = *scopes;
        token.org = every_token_.text(4);
        token.created_at = Timestamp(Duration(every_token_.number(5)));
        token.expires_at = time_at(every_token_, 6);
        token.last_used_at = time_at(every_token_, 7);
        token.revoked_at = time_at(every_token_, 8);
    }
    return found;
}

void AccessTables::put_token(const Token& token) {
    set_token_.bind(seconds(token.last_used_at), seconds(token.revoked_at), token.id).run();
    if (database_.changed_rows() > 0) return;
    if (!token.org.empty() && !organisation(token.org)) throw Failure{outcomes::no_organisation(token.org)};
    add_token_
        .bind(token.id, token.name, std::span<const std::uint8_t>(token.digest), to_string(token.scopes),
              unless_empty(token.org), seconds(token.created_at), seconds(token.expires_at),
              seconds(token.last_used_at), seconds(token.revoked_at))
        .run();
}

void AccessTables::forget_token(std::string_view id) { forget_token_.bind(id).run(); }

std::vector<Organisation> AccessTables::organisations(std::string_view after, std::size_t limit) {
    const auto most = static_cast<std::int64_t>(std::min<std::uint64_t>(limit, INT64_MAX));
    std::vector<Organisation> found;
    list_organisations_.bind(after, most);
    while (list_organisations_.step()) found.push_back(read_organisation(list_organisations_));
    return found;
}

std::optional<Organisation> AccessTables::organisation(std::string_view name) {
    std::optional<Organisation> found;
    find_organisation_.bind(name);
    while (find_organisation_.step()) found = read_organisation(find_organisation_);
    return found;
}

void AccessTables::add_organisation(const Organisation& organisation) {
    add(organisation);
    if (database_.changed_rows() == 0) throw Failure{outcomes::same_organisation(organisation.name)};
}

void AccessTables::ensure_organisation(std::string_view name, Timestamp now) {
    add({std::string(name), "", now});
}

void AccessTables::add(const Organisation& organisation) {
    add_organisation_
        .bind(organisation.name, organisation.description, seconds(organisation.created_at),
              organisation.verifies_users, to_string(organisation.unsigned_mail))
        .run();
}

void AccessTables::set_organisation(const Organisation& organisation) {
    set_organisation_
        .bind(organisation.description, organisation.verifies_users, to_string(organisation.unsigned_mail),
              organisation.name)
        .run();
    if (database_.changed_rows() == 0) throw Failure{outcomes::no_organisation(organisation.name)};
}

void AccessTables::remove_organisation(std::string_view name, Timestamp now) {
    if (const auto keys = count_keys_of(name); keys > 0) throw Failure{outcomes::has_keys(name, keys)};
    if (const auto tokens = count(count_tokens_.bind(name, seconds(now))); tokens > 0) {
        throw Failure{outcomes::has_tokens(name, static_cast<std::uint64_t>(tokens))};
    }
    remove_organisation_.bind(name).run();
    if (database_.changed_rows() == 0) throw Failure{outcomes::no_organisation(name)};
    remove_senders_.bind(name).run();
}

std::uint64_t AccessTables::count_keys_of(std::string_view organisation) {
    return static_cast<std::uint64_t>(count(count_keys_.bind(organisation)));
}

std::optional<EarlierCreation> AccessTables::earlier(std::string_view caller, std::string_view key,
                                                     Timestamp now) {
    std::optional<EarlierCreation> found;
    find_earlier_.bind(caller, key, seconds(now - idempotency_lifetime));
    while (find_earlier_.step()) {
        found = EarlierCreation{std::string(find_earlier_.text(0)), digest_at(find_earlier_, 1)};
    }
    return found;
}

void AccessTables::keep(const IdempotencyKey& once, std::string_view key_id, Timestamp now) {
    keep_.bind(once.caller, once.key, std::span<const std::uint8_t>(once.request), key_id, seconds(now))
        .run();
    const auto most = static_cast<std::int64_t>(most_idempotency_keys);
    drop_old_.bind(seconds(now - idempotency_lifetime), database_.last_row() - most).run();
}

}  // namespace custdkim::sqlite
