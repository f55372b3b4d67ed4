// `custdkim token ...` and `custdkim org ...`: who may use the API, and whose keys are whose.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "cli/api_client.hpp"

namespace custdkim::cli {

struct TokenOptions {
    ApiAccess access;
    bool json = false;
    std::string name;  // to revoke: or id
    std::string scopes = "read";
    std::string org;
    std::string expires;           // duration; "": never
    std::filesystem::path output;  // "": standard output
};

// The id of the only live token with this name, in a list of the API.
Result<std::string> live_token(const nlohmann::ordered_json& tokens, const std::string& name);

int create_token(const TokenOptions& options);
int list_tokens(const TokenOptions& options);
int revoke_token(const TokenOptions& options);

struct OrgOptions {
    ApiAccess access;
    bool json = false;
    std::string name;
    std::optional<std::string> description, user_verification, unsigned_mail;  // to be changed
};

int create_org(const OrgOptions& options);
int list_orgs(const OrgOptions& options);
int show_org(const OrgOptions& options);
int set_org(const OrgOptions& options);
int delete_org(const OrgOptions& options);

}  // namespace custdkim::cli
