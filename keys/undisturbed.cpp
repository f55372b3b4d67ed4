#include "keys/undisturbed.hpp"

namespace custdkim {

Finds undisturbed_finds(const Key& key, const Step& step) {
    Finds finds;
    const Pair* const published = key.slots.at(step.slot).published();
    if (step.action == Action::publish) finds.pair = SealedPair{key.type, Bytes(32), Bytes()};
    if (step.action == Action::verify) {
        finds.look = SlotLook{{Outcome::pass, "", "", "", {}}, published ? published->number : 0};
    }
    if (step.action == Action::reveal) finds.private_key = Bytes(1);
    return finds;
}

}  // namespace custdkim
