#include "service/customer_look.hpp"

namespace custdkim {

SlotLook UncheckedDns::look(const Key&, const Slot& slot) {
    const Pair* const published = slot.published();
    return {{Outcome::pass, "", "not looked at: activation.check is \"unchecked\"", "", {}},
            published ? published->number : 0};
}

SlotLook UnseenDns::look(const Key&, const Slot&) {
    return {{Outcome::unknown,
             "cannot-look",
             "this version cannot look at customers' DNS",
             "set activation.check = \"unchecked\" if their CNAMEs were checked by other means",
             {}},
            0};
}

}  // namespace custdkim
