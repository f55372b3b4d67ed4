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
             "no resolver is configured through which customers' DNS could be seen",
             "name one in activation.resolvers; custdkim cannot iterate from the root yet",
             {}},
            0};
}

}  // namespace custdkim
