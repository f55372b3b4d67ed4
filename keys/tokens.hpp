// The bearer tokens of the API: made, checked, revoked. All of them are in memory, so that to check one costs
// a hash and a look-up; the store keeps their digests. A token has 256 random bits: a plain SHA-256 of it
// tells nothing, and a slow hash would only slow every request. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "keys/access_store.hpp"
#include "keys/secret.hpp"

namespace custdkim {

struct TokenRequest {
    std::string name;
    Scopes scopes;
    std::string org = {};  // Caller::org
    std::optional<Duration> lifetime = {};
};

struct NewToken {
    Token token;
    std::string secret;  // what is sent as the bearer token; nobody can tell it again
};

class Tokens {
  public:
    // `operators` is the token from the configuration, which has every scope; empty: there is none, and who
    // sends no token is the operator. All references outlive the tokens.
    static Result<std::unique_ptr<Tokens>> open(AccessStore& store, const SecretBytes& operators,
                                                const Clock& clock, Random& random);

    // Whether requests without a token are the operator's.
    bool are_optional() const { return !operators_; }

    // Whose token it is; nothing for what is none, not any more, or not again.
    std::optional<Caller> identify(std::string_view secret);
    // Whether that caller's token still opens anything: for what is asked once and answered for long.
    bool is_still_valid(const Caller& caller) const;

    Result<NewToken> create(const TokenRequest& request, const Caller& by);
    // Revoking once more changes nothing.
    Result<Token> revoke(const std::string& id, const Caller& by);
    // Oldest first. Those that ended long ago are forgotten.
    std::vector<Token> list() const;

  private:
    Tokens(AccessStore& store, const SecretBytes& operators, const Clock& clock, Random& random);
    bool is_live(const Token& token, Timestamp now) const;
    void note_use(const std::string& id, Timestamp now);
    Result<void> make_room(const std::string& name, Timestamp now);
    Token* find(const std::string& id);
    const Token* find(const std::string& id) const;
    void index();

    AccessStore& store_;
    const Clock& clock_;
    Random& random_;
    std::optional<Sha256> operators_;
    std::mutex changing_;  // one change at a time, of the store and of what follows; taken before the next
    mutable std::shared_mutex mutex_;
    std::vector<Token> tokens_;                                // oldest first
    std::unordered_map<std::uint64_t, std::size_t> position_;  // by the first octets of the digest
};

}  // namespace custdkim
