// How a verb reaches the lab that is running: by URL and token file, which CUSTDKIM_LAB_API and
// CUSTDKIM_LAB_TOKEN_FILE stand in for, or by its state directory. One request at a time, and what came of
// it.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "lab/outcome.hpp"

namespace custdkim::lab {

struct LabAccess {
    std::filesystem::path state;       // has endpoints.json; "": the usual one, if nothing else says where
    std::string url;                   // instead of what stands there
    std::filesystem::path token_file;  // likewise
    bool json = false;                 // refusals, too
};

// The document; or the exit code of a refusal, which has been told on stderr, and with `json` on stdout as a
// problem document (RFC 9457).
struct LabReply {
    std::optional<nlohmann::ordered_json> document;
    int exit = Exit::done;
};

LabReply ask_lab(const LabAccess& access, std::string_view method, const std::string& path,
                 const std::string& body = "");

}  // namespace custdkim::lab
