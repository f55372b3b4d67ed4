// A key of the lab that signs zones: ECDSA P-256 with SHA-256 (RFC 6605), one key for everything ("CSK").
// Made at start and never stored. ldns signs. Thread-safe.
#pragma once

#include <memory>

#include "base/time.hpp"
#include "lab/wire/message.hpp"

namespace custdkim::lab {

struct Validity {
    Timestamp inception, expiration;
};
// Real resolvers check signatures by the real time of day, the test resolver by the lab's: this covers both.
inline constexpr Validity for_decades{std::chrono::sys_days(std::chrono::year{2000} / 1 / 1),
                                      std::chrono::sys_days(std::chrono::year{2037} / 1 / 1)};

class SigningKey {
  public:
    SigningKey();  // makes one; throws std::runtime_error if that cannot be done
    ~SigningKey();
    SigningKey(const SigningKey&) = delete;

    const std::string& dnskey() const { return dnskey_; }  // RDATA

    // The RRSIG of one RRset.
    ResourceRecord sign(const std::vector<ResourceRecord>& set, const WireName& zone,
                        Validity validity = for_decades) const;

  private:
    class Key;
    std::unique_ptr<Key> key_;
    std::string dnskey_;
};

// RDATA of the DS for a DNSKEY's RDATA, by SHA-256 (RFC 4509), and the key's tag (RFC 4034 appendix B).
std::string ds_rdata(const WireName& zone, const std::string& dnskey);
std::uint16_t key_tag(const std::string& dnskey);

}  // namespace custdkim::lab
