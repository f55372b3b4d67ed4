// Which keys sign mail from a domain: all keys that sign now, in memory, by their domains. To choose costs a
// look-up for each label of the From domain, whether there are ten keys or ten million; a key takes some 250
// octets. It is told of every key that is there or changes. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "dns/name.hpp"
#include "keys/key.hpp"

namespace custdkim {

// A key that signs, with the pair that does.
struct SigningChoice {
    std::string key_id;
    std::string org;
    std::string domain;  // d=, as dns::Name::text() has it
    DomainMatch match = DomainMatch::domain;
    KeyType type = KeyType::rsa_2048;
    std::string selector;
    unsigned pair = 0;  // Pair::number

    bool operator==(const SigningChoice&) const = default;
};

class SigningIndex {
  public:
    SigningIndex();
    ~SigningIndex();
    SigningIndex(const SigningIndex&) = delete;
    SigningIndex& operator=(const SigningIndex&) = delete;

    // The key is new, has changed, or (without slots) is gone.
    void note(const Key& key);

    // Which keys sign mail from this domain: of the longest domain with a key that covers it, one key, drawn
    // from its equals, and if its organisation has keys of the other type as well, one of those: RSA first.
    // Only keys of the organisation `org` are there, if one is given. Empty: none covers it.
    std::vector<SigningChoice> choose(const dns::Name& from, std::string_view org, Random& random) const;

    // All keys that choose() draws from.
    std::vector<SigningChoice> candidates(const dns::Name& from, std::string_view org) const;

    // The organisations that have a key of just this domain that signs its mail, in alphabetical order.
    std::vector<std::string> organisations_of(const dns::Name& domain) const;

    std::size_t size() const;  // keys

  private:
    struct Tables;
    std::unique_ptr<Tables> tables_;
};

}  // namespace custdkim
