// What somebody asks for when they create a key, and whether they may have it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "dns/name.hpp"
#include "keys/key.hpp"

namespace custdkim {

// As typed.
struct KeyRequest {
    std::string domain;  // or ".domain": with all below it
    std::optional<std::string> selector;
    std::optional<std::string> alternate_selector;
    std::optional<std::string> third_selector;  // where keys have three slots
    std::optional<std::string> match;
    std::optional<std::string> type;
    std::optional<std::string> zone;
    std::optional<std::string> org;
};

// As understood. `selectors` is empty where we choose.
struct CheckedRequest {
    dns::Name domain;
    std::vector<std::string> selectors;
    DomainMatch match = DomainMatch::domain;
    KeyType type = KeyType::rsa_2048;
    dns::Name zone;
    std::string org;
};

// `zones` are the configured key zones, at least one; the first is the default. Every refusal has its own
// sentence. Selectors are single labels here, although RFC 6376 section 3.1 would allow dots: many DNS
// providers' forms do not.
Result<CheckedRequest> check_request(const KeyRequest& request, std::span<const dns::Name> zones);

// Which field of the request check_request() refuses, by its name in KeyRequest; "" where it refuses none.
std::string_view field_at_fault(const KeyRequest& request, std::span<const dns::Name> zones);

// The names that the key makes, the customer's and the record's, fit into DNS (RFC 1035 section 2.3.4).
// Without selectors: those that we would choose first.
Result<void> check_lengths(const dns::Name& domain, const dns::Name& zone,
                           std::span<const std::string> selectors);

// The first `count` of s1, s2, s3, ... that the domain does not use yet.
std::vector<std::string> choose_selectors(std::span<const std::string> in_use, std::size_t count);

}  // namespace custdkim
