// `custdkim key ...`: what each verb asks of the API and how it shows the answer.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "cli/api_client.hpp"

namespace custdkim::cli {

struct KeyOptions {
    ApiAccess access;
    bool json = false;
    std::string id;  // or domain
    std::optional<std::string> selector, alternate_selector, third_selector, match, type, zone, org;
    std::optional<std::string> domain, search, status, after;  // of the list, as `org` is
    bool failing = false;                                      // likewise
    std::size_t limit = 0;                                     // likewise; 0: none
    bool csv = false;                                          // likewise
    bool compromised = false;
    bool only_tell = false;
    std::string wait;  // how long at most, until the customer's DNS is right; "": not at all; "0s": for ever
    std::string poll = "10s";  // between the first looks; later ones are rarer
    bool force = false;
    std::string reason;            // with `force`
    std::string lease_for;         // of a lease; "": as long as may be
    std::filesystem::path output;  // likewise; "": standard output
};

// Each returns the exit code.
int create_key(const KeyOptions& options);
int list_keys(const KeyOptions& options);
int show_key(const KeyOptions& options);
int delete_key(const KeyOptions& options);
int verify_key(const KeyOptions& options);
int activate_key(const KeyOptions& options);
int deactivate_key(const KeyOptions& options);
int rotate_key(const KeyOptions& options);
int revoke_key(const KeyOptions& options);
int lease_key(const KeyOptions& options);      // in cli/lease_command.cpp
int show_timeline(const KeyOptions& options);  // in cli/timeline_command.cpp

// The key, with its warnings on stderr.
void print_key(const KeyOptions& options, const nlohmann::ordered_json& key);

}  // namespace custdkim::cli
