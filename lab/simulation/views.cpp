#include "lab/simulation/views.hpp"

#include "lab/simulation/key_book.hpp"

namespace custdkim::lab {

namespace {

std::size_t position_of(const Key& key, const Slot& slot) {
    for (std::size_t position = 0; position < key.slots.size(); ++position) {
        if (key.slots[position].selector == slot.selector) return position;
    }
    return 0;
}

Content published_content(const Slot& slot) {
    const Pair* const pair = slot.published();
    return pair && !pair->revoked_at ? token_of(pair->public_key) : revoked;
}

SlotLook found(Outcome outcome, const char* cause, const char* detail) {
    SlotLook look;
    look.finding.outcome = outcome;
    look.finding.cause = cause;
    look.finding.detail = detail;
    return look;
}

}  // namespace

std::vector<Sighting> SimulatedVisibility::look(const std::vector<Wanted>& wanted) {
    std::vector<Sighting> sightings;
    sightings.reserve(wanted.size());
    for (const Wanted& one : wanted) {
        const SlotNumber slot = slot_number(KeyBook::number_of(*one.key), position_of(*one.key, *one.slot));
        Sighting& sighting = sightings.emplace_back();
        sighting.visible = true;
        for (std::size_t server = 0; server < NameServers::count; ++server) {
            if (servers_.reachable(server) && servers_.content(server, slot) == published_content(*one.slot))
                continue;
            sighting.visible = false;
            sighting.missing = "a name server does not show it";
        }
    }
    return sightings;
}

SlotLook SimulatedCustomerDns::look(const Key& key, const Slot& slot) {
    TrueLook truth;
    truth.slot = slot_number(KeyBook::number_of(key), position_of(key, slot));
    truth.was_right = customers_.alias(truth.slot) == Alias::right;
    SlotLook look = find_out(slot, truth);
    truth.outcome = look.finding.outcome;
    listener_(truth);
    return look;
}

SlotLook SimulatedCustomerDns::find_out(const Slot& slot, TrueLook& truth) const {
    if (!customers_.reachable(truth.slot / slots_of_a_key)) {
        return found(Outcome::unknown, "no-answer", "the customer's name servers do not answer");
    }
    switch (customers_.alias(truth.slot)) {
        case Alias::missing: return found(Outcome::fail, "cname-missing", "there is no CNAME");
        case Alias::elsewhere: return found(Outcome::fail, "wrong-target", "the CNAME leads elsewhere");
        case Alias::swapped: return found(Outcome::fail, "wrong-target", "the CNAME leads to another slot");
        case Alias::right: break;
    }
    std::size_t server = 0;
    while (server < NameServers::count && !servers_.reachable(server)) ++server;
    if (server == NameServers::count) {
        return found(Outcome::unknown, "no-answer", "our own name servers do not answer");
    }
    truth.seen = servers_.content(server, truth.slot);
    // No record, or one that says "p=": neither has a pair.
    const bool has_none = truth.seen < first_token && published_content(slot) < first_token;
    if (!has_none && truth.seen != published_content(slot)) {
        return found(Outcome::unknown, "old-record", "a name server does not have the newest record");
    }
    SlotLook look = found(Outcome::pass, "", "");
    if (const Pair* const pair = slot.published(); pair && !pair->revoked_at) look.pair = pair->number;
    return look;
}

}  // namespace custdkim::lab
