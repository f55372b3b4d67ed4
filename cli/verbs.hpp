// The verbs of `custdkim`, by what they are about: their options, and all that --help, the man page and
// completion say of them. What a verb does is elsewhere.
#pragma once

#include "cli/api_client.hpp"
#include "usage/checks.hpp"
#include "usage/program.hpp"

namespace custdkim::cli {

using usage::Action;

void add_service_verbs(CLI::App& program, Action& chosen);  // those that read the configuration, and health
void add_key_verbs(CLI::App& program, Action& chosen);
void add_event_verbs(CLI::App& program, Action& chosen);
void add_policy_verbs(CLI::App& program, Action& chosen);
void add_zone_verbs(CLI::App& program, Action& chosen);
void add_token_verbs(CLI::App& program, Action& chosen);
void add_org_verbs(CLI::App& program, Action& chosen);
void add_sender_verbs(CLI::App& program, Action& chosen);
void add_domain_verbs(CLI::App& program, Action& chosen);
void add_backup_verbs(CLI::App& program, Action& chosen);  // backup, restore
void add_sign_verb(CLI::App& program, Action& chosen);
void add_milter_verb(CLI::App& program, Action& chosen);
void add_dns_verbs(CLI::App& program, Action& chosen);  // diagnose, lookup

// Where the service is, and who asks: for every verb that talks to it.
void add_access(CLI::App& verb, ApiAccess& access);
void add_json(CLI::App& verb, bool& json);

}  // namespace custdkim::cli
