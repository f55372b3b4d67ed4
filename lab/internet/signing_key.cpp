#include "lab/internet/signing_key.hpp"

#include <mutex>
#include <stdexcept>

#include "lab/wire/ldns_types.hpp"

namespace custdkim::lab {

namespace {

constexpr std::uint16_t zone_key_and_entry_point = 257;
constexpr std::uint32_t key_ttl = 3600;

std::uint32_t seconds(Timestamp time) { return static_cast<std::uint32_t>(time.time_since_epoch().count()); }

}  // namespace

class SigningKey::Key {
  public:
    Key() : list_(ldns_key_list_new()) {
        key_ = ldns_key_new_frm_algorithm(LDNS_SIGN_ECDSAP256SHA256, 256);
        if (!key_) throw std::runtime_error("no ECDSA key could be made for the lab's zones");
        ldns_key_list_push_key(list_, key_);
        ldns_key_set_flags(key_, zone_key_and_entry_point);
    }
    ~Key() { ldns_key_list_free(list_); }
    Key(const Key&) = delete;

    std::string dnskey() {
        own(WireName(1, '\0'));
        const std::string rdata = from_ldns(Ldns<ldns_rr>(ldns_key2rr(key_)).get()).rdata;
        ldns_key_set_keytag(key_, key_tag(rdata));
        return rdata;
    }

    ResourceRecord sign(const std::vector<ResourceRecord>& set, const WireName& zone, Validity validity) {
        const auto records = to_ldns(set);
        const std::lock_guard lock(mutex_);
        own(zone);
        ldns_key_set_inception(key_, seconds(validity.inception));
        ldns_key_set_expiration(key_, seconds(validity.expiration));
        const Ldns<ldns_rr_list> signatures(ldns_sign_public(records.get(), list_));
        if (!signatures || ldns_rr_list_rr_count(signatures.get()) != 1) {
            throw std::runtime_error("a record of the lab cannot be signed");
        }
        return from_ldns(ldns_rr_list_rr(signatures.get(), 0));
    }

  private:
    // Whose signature it is.
    void own(const WireName& zone) {
        ldns_rdf_deep_free(ldns_key_pubkey_owner(key_));
        ldns_key_set_pubkey_owner(key_, to_rdf(zone).release());
    }

    std::mutex mutex_;
    ldns_key_list* list_;
    ldns_key* key_;
};

SigningKey::SigningKey() : key_(std::make_unique<Key>()), dnskey_(key_->dnskey()) {}

SigningKey::~SigningKey() = default;

ResourceRecord SigningKey::sign(const std::vector<ResourceRecord>& set, const WireName& zone,
                                Validity validity) const {
    return key_->sign(set, zone, validity);
}

std::string ds_rdata(const WireName& zone, const std::string& dnskey) {
    const auto list = to_ldns(std::vector<ResourceRecord>{{zone, type::dnskey, key_ttl, dnskey}});
    const Ldns<ldns_rr> ds(ldns_key_rr2ds(ldns_rr_list_rr(list.get(), 0), LDNS_SHA256));
    if (!ds) throw std::runtime_error("no DS could be made for " + to_text(zone));
    return from_ldns(ds.get()).rdata;
}

std::uint16_t key_tag(const std::string& dnskey) {
    return ldns_calc_keytag_raw(reinterpret_cast<const std::uint8_t*>(dnskey.data()), dnskey.size());
}

}  // namespace custdkim::lab
