#include "keys/key.hpp"

namespace custdkim {

std::string_view to_string(DomainMatch match) {
    switch (match) {
        case DomainMatch::domain: return "domain";
        case DomainMatch::subdomains: return "subdomains";
        case DomainMatch::domain_and_subdomains: return "domain-and-subdomains";
    }
    return "domain";
}

Result<DomainMatch> parse_domain_match(std::string_view text) {
    for (const auto match :
         {DomainMatch::domain, DomainMatch::subdomains, DomainMatch::domain_and_subdomains}) {
        if (text == to_string(match)) return match;
    }
    return invalid("'" + std::string(text) +
                   "' is not a domain match; use domain, subdomains or domain-and-subdomains");
}

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
        case Outcome::pass: return "pass";
        case Outcome::fail: return "fail";
        case Outcome::unknown: return "unknown";
    }
    return "unknown";
}

Result<Outcome> parse_outcome(std::string_view text) {
    for (const auto outcome : {Outcome::pass, Outcome::fail, Outcome::unknown}) {
        if (text == to_string(outcome)) return outcome;
    }
    return invalid("'" + std::string(text) + "' is not an outcome; use pass, fail or unknown");
}

const Pair* Slot::published() const {
    for (auto pair = pairs.rbegin(); pair != pairs.rend(); ++pair) {
        if (pair->published_at) return &*pair;
    }
    return nullptr;
}

std::string customer_name(const Key& key, const Slot& slot) {
    return slot.selector + "._domainkey." + key.domain.text();
}

std::string record_name(const Key& key, const Slot& slot) {
    return slot.selector + "." + slot.label + "." + key.zone.text();
}

}  // namespace custdkim
