// `custdkim-lab misconfigurations`: what the catalogue has, as a list, a page or a JSON document.
#pragma once

#include <string>

namespace custdkim::lab {

struct MisconfigurationsOptions {
    std::string catalogue;  // a folder; empty: what the program was built with
    bool json = false, markdown = false;
};

int misconfigurations_command(const MisconfigurationsOptions& options);

}  // namespace custdkim::lab
