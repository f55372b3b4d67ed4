#include "keys/tokens.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/log.hpp"

namespace custdkim {

namespace {

constexpr std::string_view prefix = "custdkim_";  // what scanners for leaked secrets can look for
constexpr std::string_view secret_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t secret_length = 43;  // of 64 letters each: 258 bits
constexpr std::string_view id_alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t id_length = 15;
constexpr std::size_t most_tokens = 1000;
constexpr Duration remembered = std::chrono::days(90);  // for whoever reads the audit log
constexpr Duration use_grain = std::chrono::hours(1);   // a read must not write each time

std::uint64_t start_of(const Sha256& digest) {
    std::uint64_t start = 0;
    std::memcpy(&start, digest.data(), sizeof start);
    return start;
}

std::string_view text_of(const SecretBytes& secret) {
    return {reinterpret_cast<const char*>(secret.data()), secret.size()};
}

std::optional<Timestamp> end_of(const Token& token) {
    if (!token.revoked_at || !token.expires_at) return token.revoked_at ? token.revoked_at : token.expires_at;
    return std::min(*token.revoked_at, *token.expires_at);
}

std::string about(const Token& token) {
    return token.name + " (" + token.id + "): " + to_string(token.scopes) +
           (token.org.empty() ? "" : ", organisation " + token.org) +
           (token.expires_at ? ", until " + format_rfc3339(*token.expires_at) : "");
}

Result<void> check_request(const TokenRequest& request) {
    if (auto fits = check_plain_name(request.name, "a name for a token"); !fits) return fits;
    if (request.scopes == Scopes())
        return invalid("a token needs a scope: read, operate, sign, lease or admin");
    if (!request.org.empty() && request.scopes.contains(Scope::admin)) {
        return refused("the scope admin is about all organisations; leave it out, or the organisation");
    }
    if (request.lifetime && *request.lifetime <= Duration(0)) {
        return invalid("a token must not expire before it is made; give it a while, like 90d");
    }
    return {};
}

}  // namespace

Tokens::Tokens(AccessStore& store, const SecretBytes& operators, const Clock& clock, Random& random)
    : store_(store), clock_(clock), random_(random) {
    if (!operators.empty()) operators_ = sha256(text_of(operators));
}

Result<std::unique_ptr<Tokens>> Tokens::open(AccessStore& store, const SecretBytes& operators,
                                             const Clock& clock, Random& random) {
    auto stored = store.tokens();
    if (!stored) return stored.error();
    std::unique_ptr<Tokens> tokens(new Tokens(store, operators, clock, random));
    tokens->tokens_ = std::move(*stored);
    tokens->index();
    return tokens;
}

void Tokens::index() {
    position_.clear();
    for (std::size_t i = 0; i < tokens_.size(); ++i) position_[start_of(tokens_[i].digest)] = i;
}

bool Tokens::is_live(const Token& token, Timestamp now) const {
    return !token.revoked_at && (!token.expires_at || now < *token.expires_at);
}

std::optional<Caller> Tokens::identify(std::string_view secret) {
    const Sha256 digest = sha256(secret);
    if (operators_ && equal_secrets(digest, *operators_)) return Caller{"operator", {Scope::admin}};
    const Timestamp now = clock_.now();
    Caller caller;
    std::string unnoted;  // id of a token whose use is not noted yet
    {
        const std::shared_lock lock(mutex_);
        const auto found = position_.find(start_of(digest));
        if (found == position_.end()) return std::nullopt;
        const Token& token = tokens_[found->second];
        if (!equal_secrets(digest, token.digest) || !is_live(token, now)) return std::nullopt;
        caller = {"token:" + token.name, token.scopes, token.org, token.id};
        if (!token.last_used_at || now >= *token.last_used_at + use_grain) unnoted = token.id;
    }
    if (!unnoted.empty()) note_use(unnoted, now);
    return caller;
}

bool Tokens::is_still_valid(const Caller& caller) const {
    if (caller.token.empty()) return true;  // the operator's token is as good as the configuration
    const Timestamp now = clock_.now();
    const std::shared_lock lock(mutex_);
    const Token* const token = find(caller.token);
    return token && is_live(*token, now);
}

// Where somebody is changing tokens, the next request notes it.
void Tokens::note_use(const std::string& id, Timestamp now) {
    const std::unique_lock change(changing_, std::try_to_lock);
    if (!change) return;
    Token used;
    {
        const std::lock_guard lock(mutex_);
        Token* const token = find(id);
        if (!token) return;
        token->last_used_at = now;
        used = *token;
    }
    const auto kept = store_.put_token(used, {});
    if (!kept)
        log_warning("the use of a token was not noted", {{"token", id}, {"reason", kept.error().detail}});
}

Result<NewToken> Tokens::create(const TokenRequest& request, const Caller& by) {
    if (const auto fits = check_request(request); !fits) return fits.error();
    const std::lock_guard change(changing_);
    const Timestamp now = clock_.now();
    if (const auto room = make_room(request.name, now); !room) return room.error();
    NewToken made;
    made.secret = std::string(prefix) + random_.text(secret_length, secret_alphabet);
    Token& token = made.token;
    token.id = "t" + random_.text(id_length, id_alphabet);
    token.name = request.name;
    token.digest = sha256(made.secret);
    token.scopes = request.scopes;
    token.org = request.org;
    token.created_at = now;
    if (request.lifetime) token.expires_at = now + *request.lifetime;
    const Event event{0, now, by.name, "token-create", "", "", about(token), token.org};
    if (const auto kept = store_.put_token(token, event); !kept) return kept.error();
    const std::lock_guard lock(mutex_);
    tokens_.push_back(token);
    index();
    return made;
}

// The name tells in the audit log who did what: two that work at the same time must not share one.
Result<void> Tokens::make_room(const std::string& name, Timestamp now) {
    for (const Token& token : list()) {
        if (const auto end = end_of(token); end && *end + remembered <= now) {
            if (const auto gone = store_.forget_token(token.id); !gone) return gone.error();
            const std::lock_guard lock(mutex_);
            std::erase_if(tokens_, [&](const Token& other) { return other.id == token.id; });
            index();
        } else if (token.name == name && is_live(token, now)) {
            return Error{Errc::conflict, "there is a token '" + name + "' already (" + token.id +
                                             "); choose another name, or revoke that first"};
        }
    }
    if (tokens_.size() < most_tokens) return {};
    return Error{Errc::conflict, "there are " + std::to_string(most_tokens) +
                                     " tokens, and no more may be; those that were revoked or expired are "
                                     "forgotten after " +
                                     format_duration(remembered)};
}

Result<Token> Tokens::revoke(const std::string& id, const Caller& by) {
    const std::lock_guard change(changing_);
    const Timestamp now = clock_.now();
    Token revoked;
    {
        const std::shared_lock lock(mutex_);
        const Token* const token = find(id);
        if (!token) {
            return Error{Errc::not_found, "there is no token '" + id.substr(0, 80) +
                                              "'; 'custdkim token list' shows those that there are"};
        }
        revoked = *token;
    }
    if (revoked.revoked_at) return revoked;
    revoked.revoked_at = now;
    const Event event{0, now, by.name, "token-revoke", "", "", about(revoked), revoked.org};
    if (const auto kept = store_.put_token(revoked, event); !kept) return kept.error();
    const std::lock_guard lock(mutex_);
    find(id)->revoked_at = now;
    return revoked;
}

std::vector<Token> Tokens::list() const {
    const std::shared_lock lock(mutex_);
    return tokens_;
}

// With the lock held.
Token* Tokens::find(const std::string& id) { return const_cast<Token*>(std::as_const(*this).find(id)); }

const Token* Tokens::find(const std::string& id) const {
    const auto found =
        std::find_if(tokens_.begin(), tokens_.end(), [&](const Token& token) { return token.id == id; });
    return found == tokens_.end() ? nullptr : &*found;
}

}  // namespace custdkim
