// `custdkim key ...`: what each verb asks of the API and how it shows the answer.
#pragma once

#include <optional>
#include <string>

#include "cli/api_client.hpp"

namespace custdkim::cli {

struct KeyOptions {
    ApiAccess access;
    bool json = false;
    std::string id;  // or domain
    std::optional<std::string> selector, alternate_selector, third_selector, match, type, zone, org;
    std::optional<std::string> domain, status;  // filter of the list
    bool compromised = false;
    bool only_tell = false;
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
int list_events(const KeyOptions& options);  // of one key, or of all

}  // namespace custdkim::cli
