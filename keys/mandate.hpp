// On whose behalf a key is looked at or changed, and on what condition. Plain values.
#pragma once

#include <functional>
#include <string>

#include "keys/key.hpp"

namespace custdkim {

struct Mandate {
    std::string actor = "operator";  // as the audit log has it
    std::string org = {};            // the only organisation whose keys are there; "": all are

    // What must be true of the key as it is when it is changed; else the order is refused with `changed`.
    std::function<bool(const Key&)> condition = {};
};

}  // namespace custdkim
