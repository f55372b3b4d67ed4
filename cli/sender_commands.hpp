// `custdkim sender ...` and `custdkim domain ...`: who may send.
#pragma once

#include <optional>
#include <string>

#include "cli/api_client.hpp"

namespace custdkim::cli {

struct SenderOptions {
    ApiAccess access;
    bool json = false;
    bool csv = false;
    std::string what;  // the address, or the code
    std::optional<std::string> org, domain;
    std::string status;  // of the list: "", "confirmed" or "waiting"
};

// Each returns the exit code.
int check_sender(const SenderOptions& options);
int add_sender(const SenderOptions& options);
int confirm_sender(const SenderOptions& options);
int remove_sender(const SenderOptions& options);
int list_senders(const SenderOptions& options);
int list_domains(const SenderOptions& options);

}  // namespace custdkim::cli
