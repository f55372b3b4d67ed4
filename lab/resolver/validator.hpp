// Validation (RFC 4035 section 5): from the trust anchor down by DS and DNSKEY to the zone of a signer, and
// from there to what was found. Extended errors are those of Unbound 1.17. Thread-safe.
#pragma once

#include "lab/resolver/iteration.hpp"
#include "lab/resolver/signature.hpp"

namespace custdkim::lab {

class Validator {
  public:
    // Throws std::invalid_argument for a trust anchor that is none.
    Validator(Iteration& iteration, const std::string& trust_anchor, const ResolverSettings& settings);

    // The finding with its verdict, which is kept in the cache too.
    FindingPointer judge(const FindingPointer& finding, Work& work);

    void flush() { trusts_.clear(); }
    void flush(const WireName& at_or_below) { trusts_.forget(at_or_below); }

  private:
    // What is known of the zone that a name is in.
    struct Trust {
        WireName zone;
        Verdict verdict;
        Records keys;  // of a secure zone
        Timestamp until{};
    };
    using TrustPointer = std::shared_ptr<const Trust>;

    Verdict judge_records(const Finding& finding, Work& work);
    Verdict judge_set(const SignedSet& set, const Records& proof, Work& work);
    Verdict judge_denial(const Finding& finding, Work& work);
    TrustPointer trust_in(const WireName& name, Work& work);
    TrustPointer step_down(const TrustPointer& above, const WireName& name, Work& work);
    TrustPointer step_by_ds(const Trust& above, const Finding& ds, Work& work);
    TrustPointer trust_by_keys(const WireName& zone, const Records& ds_set, Timestamp until, Work& work);
    TrustPointer distrust(const WireName& zone, Verdict verdict, Timestamp now) const;

    Iteration& iteration_;
    const ResolverSettings& settings_;
    Records anchor_;
    BoundedMap<Trust> trusts_;
};

}  // namespace custdkim::lab
