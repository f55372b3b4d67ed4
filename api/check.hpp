// What readiness is made of (GET /v1/ready). Plain values.
#pragma once

#include <string>
#include <vector>

namespace custdkim::api {

// A warning is worth a look and keeps nobody from working; what fails does.
enum class CheckState { fine, warning, failed };

struct Check {
    std::string name;  // a stable lower-case word: "store"
    CheckState state = CheckState::fine;
    std::string detail;  // a sentence, for people
};

using Checks = std::vector<Check>;

}  // namespace custdkim::api
