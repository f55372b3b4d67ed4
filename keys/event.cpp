#include "keys/event.hpp"

#include <array>

namespace custdkim {

std::span<const std::string_view> event_actions() {
    static constexpr std::array<std::string_view, 27> actions = {
        // orders
        "create", "verify", "activate", "deactivate", "rotate", "revoke", "delete", "org-create",
        "org-change", "org-delete", "token-create", "token-revoke", "sender-add", "sender-confirm",
        "sender-remove", "lease", "restore",
        // steps of the rotation (to_string(Action)), those that are orders as well left out
        "mend", "see", "publish", "sign", "reveal", "destroy", "withdraw",
        // what it found
        "hold", "warning", "recovered"};
    return actions;
}

}  // namespace custdkim
